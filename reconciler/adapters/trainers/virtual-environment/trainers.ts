import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { InstalledTrainer, Trainers } from '../../../ports/trainers.ts';
import {
  type EnvironmentFolder,
  findPython,
  removeFolder,
  toEnvironmentFolder,
} from './environment-folder.ts';
import { withLock } from './environment-lock.ts';
import { toInstallerEnvironment } from './installer-environment.ts';
import { type MakeEnvironmentDeps, makeEnvironment } from './make-environment.ts';
import { type ProgramFolder, readProgramFolder } from './program-folder.ts';

export type VirtualEnvironmentTrainersDeps = Omit<MakeEnvironmentDeps, 'environment'> & {
  /** Absolute: a folder for each program, `runners/train` as it was built. */
  readonly programsFolder: string;
  /** Absolute: `.plumbline/environments`. */
  readonly environmentsFolder: string;
  /** This process's environment: the installer gets what it needs of it, a trainer nothing. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly processIdentity: ProcessIdentity;
};

/** A slow line takes minutes for the packages, and waiting for another process counts as well. */
const ENSURE_LIMIT_MS = 10 * 60_000;

type Deps = Omit<VirtualEnvironmentTrainersDeps, 'environment'> & MakeEnvironmentDeps;

/** Python programs, each in a virtual environment that is made from its locked packages. */
export function createVirtualEnvironmentTrainers(given: VirtualEnvironmentTrainersDeps): Trainers {
  const deps: Deps = { ...given, environment: toInstallerEnvironment(given.environment) };
  /** Callers of this process share one set-up instead of waiting for each other's file. */
  const underway = new Map<string, Promise<InstalledTrainer>>();
  return {
    ensure(program) {
      const before = underway.get(program);
      if (before !== undefined) return before;
      const made = ensure(deps, program).finally(() => underway.delete(program));
      underway.set(program, made);
      return made;
    },

    async find(program) {
      const folder = await readProgramFolder(deps.programsFolder, program);
      if (folder === null) return null;
      const python = await findPython(toPlace(deps, folder));
      return python === null ? null : toInstalled(folder, python);
    },

    async remove(program) {
      const folder = await readProgramFolder(deps.programsFolder, program);
      if (folder === null) return;
      const place = toPlace(deps, folder);
      const lock = { file: place.lockFile, limitMs: ENSURE_LIMIT_MS };
      await withLock(deps, lock, () => removeFolder(place));
    },
  };
}

async function ensure(deps: Deps, program: string): Promise<InstalledTrainer> {
  const deadline = deps.clock.now() + ENSURE_LIMIT_MS;
  const folder = await readProgramFolder(deps.programsFolder, program);
  if (folder === null) {
    throw new CodedError('P809', `there is no bundled trainer ${JSON.stringify(program)}`);
  }
  const place = toPlace(deps, folder);
  const there = await findPython(place);
  if (there !== null) return toInstalled(folder, there);
  const lock = { file: place.lockFile, limitMs: ENSURE_LIMIT_MS };
  const python = await withLock(deps, lock, async () => {
    // Whoever held the lock before may have made it.
    const madeMeanwhile = await findPython(place);
    return madeMeanwhile ?? makeEnvironment(deps, folder, place, deadline - deps.clock.now());
  });
  return toInstalled(folder, python);
}

function toPlace({ environmentsFolder }: Deps, folder: ProgramFolder): EnvironmentFolder {
  return toEnvironmentFolder(environmentsFolder, folder.lockDigest);
}

/** Isolated: no setting and no package of the user. `-B`: nothing is written beside the program. */
function toInstalled(folder: ProgramFolder, python: string): InstalledTrainer {
  return {
    program: folder.program,
    digest: folder.digest,
    argv: [python, '-I', '-B', folder.entryFile],
  };
}
