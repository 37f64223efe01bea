import type { Oid } from '../../core/contracts/git.ts';
import { type Command, EXIT_OK } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import { STATE_HELP, STATE_OPTION, type StatePaths, toStatePaths } from '../state-paths.ts';

export type InitCommandDeps = {
  /** The folder that a first platform repo is made from when none is named. */
  readonly exampleFolder: string;
  readonly isInitialised: (paths: StatePaths) => Promise<boolean>;
  readonly initialise: (paths: StatePaths, fromFolder: string) => Promise<Oid>;
};

const HELP = `
usage: plumb init [--from DIR] [--state DIR]

Makes a platform repo (a bare Git repository), the identities you, reviewer and
plumbline with an SSH key each, and a first signed commit with the files of DIR.

  --from DIR       the files to begin with (default: the bundled example)
${STATE_HELP}

Exit codes: 0 initialised, or already so; 1 could not.`;

export function createInitCommand(deps: InitCommandDeps): Command {
  return {
    words: ['init'],
    summary: 'make a platform repo and the identities to work with it',
    help: HELP,
    run: async (args, io) => {
      const { values } = parseOptions('init', args, { ...STATE_OPTION, from: { type: 'string' } });
      const paths = toStatePaths(values.state, io);
      if (await deps.isInitialised(paths)) {
        io.write(`already initialised: ${paths.repository}\n`);
        return EXIT_OK;
      }
      const genesis = await deps.initialise(paths, values.from ?? deps.exampleFolder);
      io.write(`platform repo  ${paths.repository}\n`);
      io.write(`first commit   ${genesis}\n`);
      io.write(`identities     ${paths.keys} (you, reviewer, plumbline)\n`);
      return EXIT_OK;
    },
  };
}
