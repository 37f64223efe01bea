import { type Command, EXIT_OK } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type DownCommandDeps = {
  readonly stopReconciler: (paths: StatePaths) => Promise<'absent' | 'stopped' | 'killed'>;
  readonly stopDatabase: (paths: StatePaths) => Promise<void>;
};

const HELP = `
usage: plumb down [--state DIR]

Stops what plumb up started, in order: the reconciler finishes the effects in
progress and its ledger, then the database stops. Nothing is removed.

${STATE_HELP}

Exit codes: 0 nothing runs any more; 1 could not stop something.`;

export function createDownCommand(deps: DownCommandDeps): Command {
  return {
    words: ['down'],
    summary: 'stop everything that runs here',
    help: HELP,
    run: async (args, io) => {
      const paths = toStatePaths(parseOptions('down', args, STATE_OPTION).values.state, io);
      const reconciler = await deps.stopReconciler(paths);
      io.write(`reconciler  ${reconciler === 'absent' ? 'was not running' : reconciler}\n`);
      await deps.stopDatabase(paths);
      io.write('database    stopped\n');
      return EXIT_OK;
    },
  };
}
