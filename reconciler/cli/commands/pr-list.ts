import { toPrintable } from '../../core/forge/printable.ts';
import { renderPulls } from '../../core/forge/render-pull.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions, parseWholeNumber } from '../parse-options.ts';
import type { WithForge } from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const HELP = `
usage: plumb pr list [--all] [--count N] [--format text|json] [--state DIR]

Lists the pull requests that are open, the newest first: number, state, what
reviews say of the present head, branch, title.

  --all            merged and closed ones too
  --count N        at most N (default 30)
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0; 1 nothing is initialised, or a log cannot be believed.`;

const EXIT_REFUSED = 1;

export function createPrListCommand(deps: { readonly withForge: WithForge }): Command {
  return {
    words: ['pr', 'list'],
    summary: 'list pull requests',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('pr list', args, {
        ...STATE_OPTION,
        all: { type: 'boolean', default: false },
        count: { type: 'string', default: '30' },
        format: { type: 'string', default: 'text' },
      });
      const format = parseChoice('pr list', 'format', values.format, ['text', 'json']);
      const range = { min: 1, max: 500 };
      const maxCount = parseWholeNumber('pr list', 'count', values.count, range);
      const states = values.all ? (['open', 'merged', 'closed'] as const) : (['open'] as const);
      const { pulls, refused } = await deps.withForge(toStatePaths(values.state, io), ({ forge }) =>
        forge.list({ states, maxCount }),
      );
      if (format === 'json') io.write(`${JSON.stringify({ v: 1, pulls, refused })}\n`);
      else {
        const lines = renderPulls(pulls);
        const empty = values.all ? 'no pull requests' : 'no pull request is open';
        io.write(`${lines.length === 0 ? empty : lines.join('\n')}\n`);
        for (const { why } of refused) io.writeError(`P416 ${toPrintable(why)}\n`);
      }
      return refused.length === 0 ? EXIT_OK : EXIT_REFUSED;
    },
  };
}
