import { type Command, EXIT_OK } from '../command.ts';
import { parseChoice, parseOptions } from '../parse-options.ts';
import {
  AS_HELP,
  AS_OPTION,
  parseIdentity,
  parsePullNumber,
  type WithForge,
} from '../pull-session.ts';
import { STATE_HELP, STATE_OPTION, toStatePaths } from '../state-paths.ts';

const HELP = `
usage: plumb pr close N [--reason TEXT] [--as NAME] [--format text|json]
                      [--state DIR]

Closes a pull request without merging it. The branch stays, and may be proposed
again.

  --reason TEXT    why, for whoever asks later
${AS_HELP}
  --format F       text (default) or json
${STATE_HELP}

Exit codes: 0 closed; 1 there is no such pull request, or it is finished.`;

export function createPrCloseCommand(deps: { readonly withForge: WithForge }): Command {
  return {
    words: ['pr', 'close'],
    summary: 'close a pull request without merging it',
    help: HELP,
    run: async (args, io) => {
      const { values, positionals } = parseOptions(
        'pr close',
        args,
        {
          ...STATE_OPTION,
          ...AS_OPTION,
          reason: { type: 'string', default: '' },
          format: { type: 'string', default: 'text' },
        },
        { maxPositionals: 1 },
      );
      const format = parseChoice('pr close', 'format', values.format, ['text', 'json']);
      const name = parseIdentity('pr close', values.as);
      const number = parsePullNumber('pr close', positionals[0]);
      const { reason } = values;
      const pull = await deps.withForge(toStatePaths(values.state, io), async (session) =>
        session.forge.add(number, { type: 'close', reason }, await session.loadActor(name)),
      );
      if (format === 'json') io.write(`${JSON.stringify({ v: 1, pull })}\n`);
      else io.write(`closed   pull request ${number}; the branch ${pull.branch} stays\n`);
      return EXIT_OK;
    },
  };
}
