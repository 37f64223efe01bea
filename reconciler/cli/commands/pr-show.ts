import { renderPull } from '../../core/forge/render-pull.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import { parsePullNumber, readPullNow, type WithForge } from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const HELP = `
usage: plumb pr show N [--format text|json] [--state DIR]

Shows a pull request with its checks, reviews and comments. When its branch was
pushed to in the meantime, that is written down first.

  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0; 1 there is no such pull request, or its log cannot be believed.`;

export function createPrShowCommand(deps: { readonly withForge: WithForge }): Command {
  return {
    words: ['pr', 'show'],
    summary: 'show a pull request',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'pr show',
        args,
        { ...STATE_OPTION, format: { type: 'string', default: 'text' } },
        { maxPositionals: 1 },
      );
      const format = parseChoice('pr show', 'format', values.format, ['text', 'json']);
      const number = parsePullNumber('pr show', positionals[0]);
      const pull = await deps.withForge(toStatePaths(values.state, io), (session) =>
        readPullNow(session, number),
      );
      io.write(format === 'json' ? `${JSON.stringify({ v: 1, pull })}\n` : renderPull(pull));
      return EXIT_OK;
    },
  };
}
