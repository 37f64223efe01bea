import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { IdentityName } from '../cli/initialise.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import { createPolicyGate } from '../engine/create-policy-gate.ts';
import type { OpenPolicyGate } from '../engine/policy-gate.ts';
import type { Clock } from '../ports/clock.ts';
import type { DatabaseServer } from '../ports/database-server.ts';
import type { GitMerger, GitReader, GitWriter } from '../ports/git.ts';
import type { LedgerSigner } from '../ports/ledger-signer.ts';
import type { ProcessIdentity } from '../ports/process-identity.ts';
import type { ProcessRegistry } from '../ports/process-registry.ts';
import type { Randomness } from '../ports/randomness.ts';
import { Secret } from '../ports/secrets.ts';

/** What every command may need of this machine. */
export type Machine = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly identity: ProcessIdentity;
};

export type ClosableGit = GitReader &
  GitWriter &
  GitMerger & { readonly close: () => Promise<void> };

/** The clone or image that this program is part of. */
export const PACKAGE_FOLDER = findPackageFolder(dirname(dirname(fileURLToPath(import.meta.url))));

/** Programs and threads start from what was built, also when the rest runs from its sources. */
export const BUILD_FOLDER = join(PACKAGE_FOLDER, 'dist');

const POLICY_WORKER = pathToFileURL(
  join(BUILD_FOLDER, 'reconciler/adapters/policy-evaluator/worker/worker-program.js'),
);

function findPackageFolder(folder: string): string {
  // Compiled code lies one level deeper, below `dist`.
  const above = dirname(folder);
  return above.endsWith('dist') ? dirname(above) : above;
}

export async function openMachine(): Promise<Machine> {
  const { createSystemClock } = await import('../adapters/clock/system/clock.ts');
  const { createSystemRandomness } = await import('../adapters/randomness/system/randomness.ts');
  const { createSystemProcessIdentity } = await import(
    '../adapters/process-identity/system/process-identity.ts'
  );
  return {
    clock: createSystemClock(),
    randomness: createSystemRandomness(),
    identity: createSystemProcessIdentity(),
  };
}

export async function openInstanceFile(paths: StatePaths) {
  const { createInstanceFile } = await import('../adapters/instance-file/file/instance-file.ts');
  return createInstanceFile(paths.instance);
}

export async function openRegistry({ clock, identity }: Machine, paths: StatePaths) {
  const { createFileProcessRegistry } = await import(
    '../adapters/process-registry/file/process-registry.ts'
  );
  const registry: ProcessRegistry = createFileProcessRegistry({
    folder: paths.processes,
    identity,
    clock,
  });
  return registry;
}

export async function openGit({ identity }: Machine, paths: StatePaths): Promise<ClosableGit> {
  const { createNativeGit } = await import('../adapters/git/native/git.ts');
  return createNativeGit({ repositoryPath: paths.repository, processIdentity: identity });
}

export async function withGit<Result>(
  machine: Machine,
  paths: StatePaths,
  work: (git: ClosableGit) => Promise<Result>,
): Promise<Result> {
  if ((await (await openInstanceFile(paths)).read()) === null) {
    throw new CodedError('P603', `nothing is initialised in ${paths.root}; run plumb init`);
  }
  const git = await openGit(machine, paths);
  try {
    return await work(git);
  } finally {
    await git.close();
  }
}

export async function openIdentity(
  { randomness }: Machine,
  paths: StatePaths,
  name: IdentityName,
): Promise<LedgerSigner> {
  const { openSshLedgerSigner } = await import('../adapters/ledger-signer/ssh/open-signer.ts');
  return openSshLedgerSigner(randomness, {
    path: join(paths.keys, name),
    comment: `${name}@localhost`,
  });
}

export async function openDatabaseServer(
  machine: Machine,
  paths: StatePaths,
): Promise<DatabaseServer> {
  const { createPostgresDatabase } = await import('../adapters/database/postgres/database.ts');
  const { createGivenDatabaseServer } = await import(
    '../adapters/database-server/given/database-server.ts'
  );
  const useServer = (url: Secret) =>
    createGivenDatabaseServer({ url, openDatabase: createPostgresDatabase });
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return useServer(new Secret(given));
  const { createEmbeddedDatabaseServer } = await import(
    '../adapters/database-server/embedded/database-server.ts'
  );
  return createEmbeddedDatabaseServer({
    stateFolder: paths.root,
    privilegedFolder: '/var/lib/plumbline',
    clock: machine.clock,
    randomness: machine.randomness,
    processIdentity: machine.identity,
    openDatabase: createPostgresDatabase,
    useServer,
  });
}

export async function openPolicyGate({ clock }: Machine): Promise<OpenPolicyGate> {
  const { createFolderPolicyLibrary } = await import(
    '../adapters/policy-library/folder/policy-library.ts'
  );
  const { createWorkerPolicyEvaluator } = await import(
    '../adapters/policy-evaluator/worker/policy-evaluator.ts'
  );
  return createPolicyGate({
    library: createFolderPolicyLibrary({ folder: join(PACKAGE_FOLDER, 'policies') }),
    evaluator: createWorkerPolicyEvaluator({ workerUrl: POLICY_WORKER, clock }),
  });
}
