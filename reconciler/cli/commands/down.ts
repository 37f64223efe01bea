import { type Command, EXIT_OK } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type DownCommandDeps = {
  readonly stopReconciler: (paths: StatePaths) => Promise<'absent' | 'stopped' | 'killed'>;
  /** Data-plane nodes, trainings and stray programs; returns the names of what it stopped. */
  readonly stopDetached: (paths: StatePaths) => Promise<readonly string[]>;
  readonly stopDatabase: (paths: StatePaths) => Promise<void>;
};

const HELP = `
usage: plumb down [--state DIR]

Stops what plumb up started, in order: the reconciler finishes the effects in
progress and its ledger; data-plane nodes finish their answers, trainings keep
their checkpoints and go on after the next start; then the database stops.
Nothing is removed.

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
      for (const name of await deps.stopDetached(paths)) io.write(`${name.padEnd(10)}  stopped\n`);
      await deps.stopDatabase(paths);
      io.write('database    stopped\n');
      return EXIT_OK;
    },
  };
}
