import { CodedError } from '../../core/contracts/coded-error.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type ResetCommandDeps = {
  readonly isInitialised: (paths: StatePaths) => Promise<boolean>;
  readonly stopReconciler: (paths: StatePaths) => Promise<unknown>;
  /** Data-plane nodes, trainings and stray programs. */
  readonly stopDetached: (paths: StatePaths) => Promise<readonly string[]>;
  /** Also where the data lies outside the state folder, as it does for root. */
  readonly destroyDatabase: (paths: StatePaths) => Promise<void>;
  /** Returns the names of what stays, because Plumbline did not make it. */
  readonly removeState: (paths: StatePaths) => Promise<readonly string[]>;
};

const HELP = `
usage: plumb reset --yes [--state DIR]

Stops everything and removes the installation: the platform repo with its ledger,
the keys, the database, models with their data, and the targets' folders. Clones
of the repo stay, and so does what Plumbline did not make. Databases on a server
given by DATABASE_URL stay too: drop plumbline_ZONE there before you begin again
with the same server.

  --yes            required: there is no way back
${STATE_HELP}

Exit codes: 0 removed, or nothing was there; 1 could not, or --yes is missing.`;

export function createResetCommand(deps: ResetCommandDeps): Command {
  return {
    words: ['reset'],
    summary: 'remove the installation, its ledger included',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('reset', args, {
        ...STATE_OPTION,
        yes: { type: 'boolean', default: false },
      });
      const paths = toStatePaths(values.state, io);
      if (!(await deps.isInitialised(paths))) {
        io.write(`nothing is initialised in ${paths.root}\n`);
        return EXIT_OK;
      }
      if (!values.yes) {
        throw new CodedError('P601', `this removes ${paths.root} with its ledger; say --yes`);
      }
      await deps.stopReconciler(paths);
      await deps.stopDetached(paths);
      await deps.destroyDatabase(paths);
      const left = await deps.removeState(paths);
      const stays = left.length === 0 ? '' : `; not ours, and still there: ${left.join(', ')}`;
      io.write(`removed ${paths.root}${stays}\n`);
      return EXIT_OK;
    },
  };
}
