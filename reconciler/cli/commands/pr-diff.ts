import { toPrintable } from '../../core/forge/printable.ts';
import { shorten } from '../../core/forge/pull-event.ts';
import { renderDiff } from '../../core/forge/render-pull.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import { readPullDiff } from '../pull-diff.ts';
import { parsePullNumber, readPullNow, type WithForge } from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const HELP = `
usage: plumb pr diff N [--format text|json] [--state DIR]

Shows what a pull request changes: each file with the lines added and removed,
then the changes as git diff writes them. Large files are named only.

  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0; 1 there is no such pull request, or its log cannot be believed.`;

export function createPrDiffCommand(deps: { readonly withForge: WithForge }): Command {
  return {
    words: ['pr', 'diff'],
    summary: 'show what a pull request changes',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'pr diff',
        args,
        { ...STATE_OPTION, format: { type: 'string', default: 'text' } },
        { maxPositionals: 1 },
      );
      const format = parseChoice('pr diff', 'format', values.format, ['text', 'json']);
      const number = parsePullNumber('pr diff', positionals[0]);
      const { pull, diff } = await deps.withForge(
        toStatePaths(values.state, io),
        async (session) => {
          const found = await readPullNow(session, number);
          return { pull: found, diff: await readPullDiff(session.git, found) };
        },
      );
      const { base, head } = pull;
      if (format === 'json') {
        io.write(`${JSON.stringify({ v: 1, number, base, head, ...diff })}\n`);
      } else {
        const title = `pull request ${number}  ${toPrintable(pull.title)}`;
        io.write(`${title}\n${shorten(base)}..${shorten(head)}\n\n`);
        io.write(renderDiff(diff.files, diff.isComplete));
      }
      return EXIT_OK;
    },
  };
}
