import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { VerifyRequest } from './cli/commands/audit-verify.ts';
import type { RunningInstallation } from './cli/commands/up.ts';
import { type CommandPorts, createCommands, RECONCILER } from './cli/create-commands.ts';
import { type IdentityName, initialise } from './cli/initialise.ts';
import { createOpened } from './cli/opened.ts';
import { createProcessIo } from './cli/process-io.ts';
import { readCommitSource, readFolderSource, type SourceReading } from './cli/read-source.ts';
import type { SourceChoice } from './cli/revision-source.ts';
import { runCli } from './cli/run-cli.ts';
import { serveZones } from './cli/serve-zones.ts';
import { STATE_ENTRIES, type StatePaths } from './cli/state-paths.ts';
import { readGenesisSigners, verifyLedgers } from './cli/verify-ledgers.ts';
import { CodedError } from './core/contracts/coded-error.ts';
import { referencesOf } from './core/graph/references.ts';
import { PLANNERS } from './core/plan/planners/planners.ts';
import { createPolicyGate } from './engine/create-policy-gate.ts';
import { EFFECT_STEPS } from './engine/effect-runner.ts';
import { createHolders } from './engine/holder.ts';
import type { OpenPolicyGate, PolicyGate } from './engine/policy-gate.ts';
import { createRevisionReader } from './engine/revision-reader.ts';
import { createZoneHost, type OpenZone } from './engine/zone-host.ts';
import { createZoneReconciler } from './engine/zone-reconciler.ts';
import { DEFAULT_SETTINGS } from './engine/zone-settings.ts';
import { createDefinitionHandlers } from './kinds/definition/definition-handlers.ts';
import { createTargetHandler } from './kinds/target/target-handler.ts';
import type { Clock } from './ports/clock.ts';
import type { DatabaseServer } from './ports/database-server.ts';
import type { GitReader, GitWriter } from './ports/git.ts';
import type { LedgerSigner } from './ports/ledger-signer.ts';
import type { Log } from './ports/log.ts';
import type { ProcessIdentity } from './ports/process-identity.ts';
import type { ProcessRegistry } from './ports/process-registry.ts';
import type { Randomness } from './ports/randomness.ts';
import { Secret } from './ports/secrets.ts';
import { createApiServer } from './servers/api/api-server.ts';

/*
 * The composition root: the one place that chooses implementations. Adapters are imported when a
 * command needs them, so that `plumb validate` does not pay for a database driver.
 */

/** What every command may need of this machine. */
type Machine = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly identity: ProcessIdentity;
};

type ClosableGit = GitReader & GitWriter & { readonly close: () => Promise<void> };

const PACKAGE_FOLDER = findPackageFolder(dirname(fileURLToPath(import.meta.url)));
const LEDGER_IDENTITY: IdentityName = 'plumbline';
/** Threads start from what was built, also when the rest runs from its sources. */
const POLICY_WORKER = pathToFileURL(
  join(PACKAGE_FOLDER, 'dist/reconciler/adapters/policy-evaluator/worker/worker-program.js'),
);

export async function main(argv: readonly string[]): Promise<number> {
  const machine = await openMachine();
  return runCli(
    createCommands(toCommandPorts(machine)),
    argv,
    createProcessIo(process, machine.clock),
  );
}

function toCommandPorts(machine: Machine): CommandPorts {
  return {
    clock: machine.clock,
    exampleFolder: join(PACKAGE_FOLDER, 'example-platform-repo'),
    planners: PLANNERS,
    referencesOf,
    openInstanceFile,
    openRegistry: (paths) => openRegistry(machine, paths),
    openDatabaseServer: (paths) => openDatabaseServer(machine, paths),
    openPolicyGate: () => openPolicyGate(machine),
    withGit: (paths, work) => withGit(machine, paths, work),
    initialise: (paths, folder) => initialisePlatform(machine, paths, folder),
    removeState: async (paths) => {
      const { removeState } = await import('./adapters/instance-file/file/remove-state.ts');
      return removeState(paths.root, STATE_ENTRIES);
    },
    readSource: (source) => readSource(machine, source),
    readRunningStatus: (port) => readRunningStatus(machine, port),
    start: (paths, options, onStep) => startInstallation(machine, paths, options, onStep),
    verify: (request) => verify(machine, request),
  };
}

function findPackageFolder(folder: string): string {
  // Compiled code lies one level deeper, below `dist`.
  const above = dirname(folder);
  return above.endsWith('dist') ? dirname(above) : above;
}

async function openMachine(): Promise<Machine> {
  const { createSystemClock } = await import('./adapters/clock/system/clock.ts');
  const { createSystemRandomness } = await import('./adapters/randomness/system/randomness.ts');
  const { createSystemProcessIdentity } = await import(
    './adapters/process-identity/system/process-identity.ts'
  );
  return {
    clock: createSystemClock(),
    randomness: createSystemRandomness(),
    identity: createSystemProcessIdentity(),
  };
}

async function openInstanceFile(paths: StatePaths) {
  const { createInstanceFile } = await import('./adapters/instance-file/file/instance-file.ts');
  return createInstanceFile(paths.instance);
}

async function openRegistry({ clock, identity }: Machine, paths: StatePaths) {
  const { createFileProcessRegistry } = await import(
    './adapters/process-registry/file/process-registry.ts'
  );
  const registry: ProcessRegistry = createFileProcessRegistry({
    folder: paths.processes,
    identity,
    clock,
  });
  return registry;
}

async function openGit({ identity }: Machine, paths: StatePaths): Promise<ClosableGit> {
  const { createNativeGit } = await import('./adapters/git/native/git.ts');
  return createNativeGit({ repositoryPath: paths.repository, processIdentity: identity });
}

async function withGit<Result>(
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

async function openFolder(folder: string) {
  const { createFolderWorkingFolder } = await import(
    './adapters/working-folder/folder/working-folder.ts'
  );
  return createFolderWorkingFolder({ folder });
}

async function initialisePlatform(machine: Machine, paths: StatePaths, folder: string) {
  const { initBareRepository } = await import('./adapters/git/native/initialise.ts');
  return initialise({
    clock: machine.clock,
    instance: await openInstanceFile(paths),
    folder: await openFolder(folder),
    createRepository: async () => {
      await initBareRepository({ path: paths.repository });
      return openGit(machine, paths);
    },
    openIdentity: (name) => openIdentity(machine, paths, name),
  });
}

async function openIdentity(
  { randomness }: Machine,
  paths: StatePaths,
  name: IdentityName,
): Promise<LedgerSigner> {
  const { openSshLedgerSigner } = await import('./adapters/ledger-signer/ssh/open-signer.ts');
  return openSshLedgerSigner(randomness, {
    path: join(paths.keys, name),
    comment: `${name}@localhost`,
  });
}

async function readSource(machine: Machine, source: SourceChoice): Promise<SourceReading> {
  if (source.kind === 'folder') return readFolderSource(await openFolder(source.path));
  return withGit(machine, source.paths, (git) =>
    readCommitSource(git, createRevisionReader(), source.revision),
  );
}

async function verify(machine: Machine, request: VerifyRequest) {
  const { checkRepository } = await import('./adapters/git/native/check-repository.ts');
  const { createFileAnchor } = await import('./adapters/anchor/file/anchor.ts');
  const { createSshSignatureVerifier } = await import(
    './adapters/ledger-signer/ssh/signature-verifier.ts'
  );
  const { readAllowedSigners } = await import(
    './adapters/ledger-signer/ssh/read-allowed-signers.ts'
  );
  const { paths, signer: principal, zone, strict } = request;
  const repository = request.repository ?? paths.repository;
  const instance = await (await openInstanceFile(paths)).read();
  const git = await openGit(machine, { ...paths, repository });
  try {
    const allowedSigners =
      request.allowedSigners === null
        ? await readGenesisSigners(git, instance)
        : await readAllowedSigners(request.allowedSigners);
    return await verifyLedgers({
      git,
      verifier: createSshSignatureVerifier({ allowedSigners, principal }),
      zone,
      strict,
      problems: await checkRepository({ repositoryPath: repository }),
      listCheckpoints: (name) =>
        createFileAnchor({ path: join(paths.anchors, `${name}.jsonl`) }).list(name),
    });
  } finally {
    await git.close();
  }
}

async function openDatabaseServer(machine: Machine, paths: StatePaths): Promise<DatabaseServer> {
  const { createPostgresDatabase } = await import('./adapters/database/postgres/database.ts');
  const { createGivenDatabaseServer } = await import(
    './adapters/database-server/given/database-server.ts'
  );
  const useServer = (url: Secret) =>
    createGivenDatabaseServer({ url, openDatabase: createPostgresDatabase });
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return useServer(new Secret(given));
  const { createEmbeddedDatabaseServer } = await import(
    './adapters/database-server/embedded/database-server.ts'
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

async function readRunningStatus({ clock }: Machine, port: number) {
  const { createHttpStatusSource } = await import('./adapters/status-source/http/status-source.ts');
  return createHttpStatusSource({ clock }).read(port);
}

async function openPolicyGate({ clock }: Machine): Promise<OpenPolicyGate> {
  const { createFolderPolicyLibrary } = await import(
    './adapters/policy-library/folder/policy-library.ts'
  );
  const { createWorkerPolicyEvaluator } = await import(
    './adapters/policy-evaluator/worker/policy-evaluator.ts'
  );
  return createPolicyGate({
    library: createFolderPolicyLibrary({ folder: join(PACKAGE_FOLDER, 'policies') }),
    evaluator: createWorkerPolicyEvaluator({ workerUrl: POLICY_WORKER, clock }),
  });
}

type ZoneParts = {
  readonly machine: Machine;
  readonly paths: StatePaths;
  readonly log: Log;
  readonly git: ClosableGit;
  readonly databases: DatabaseServer;
  readonly signer: LedgerSigner;
  readonly policy: PolicyGate;
  readonly revisions: ReturnType<typeof createRevisionReader>;
};

async function startInstallation(
  machine: Machine,
  paths: StatePaths,
  options: { readonly port: number; readonly zones: readonly string[] | null },
  onStep: (text: string) => void,
): Promise<RunningInstallation> {
  const { createStreamLog } = await import('./adapters/log/stream/log.ts');
  const { createFileSourceWatcher } = await import(
    './adapters/source-watcher/file/source-watcher.ts'
  );
  const { clock, randomness } = machine;
  const opened = createOpened();
  const log = createStreamLog({
    stream: process.stderr,
    format: process.stderr.isTTY === true ? 'text' : 'json',
    clock,
    redact: [],
    minimumLevel: process.stderr.isTTY === true ? 'warn' : 'info',
  });
  const registry = await openRegistry(machine, paths);
  // First of all: of two processes that start at once, only one goes on to the database.
  await registry.registerSelf(RECONCILER, {});
  opened.add(() => registry.unregisterSelf(RECONCILER));
  try {
    const databases = await openDatabaseServer(machine, paths);
    opened.add(() => databases.stop());
    await databases.ensureRunning();
    onStep('database runs');
    const git = await openGit(machine, paths);
    opened.add(git.close);
    const policy = await openPolicyGate(machine);
    opened.add(policy.close);
    const revisions = createRevisionReader();
    const signer = await openIdentity(machine, paths, LEDGER_IDENTITY);
    const parts: ZoneParts = { machine, paths, log, git, databases, signer, policy, revisions };
    const host = createZoneHost({
      clock,
      randomness,
      log,
      git,
      revisions,
      watcher: createFileSourceWatcher({ repositoryPath: paths.repository }),
      pollMs: DEFAULT_SETTINGS.pollMs,
      zones: options.zones,
      openZone: (zone) => openZone(parts, zone),
    });
    const server = createApiServer({
      readStatus: host.status,
      readLiveness: () => ({ isAlive: true, reasons: [] }),
      log,
      clock,
      port: options.port,
    });
    const announce = (port: number) => registry.registerSelf(RECONCILER, { port });
    return await serveZones({ host, server, announce, onStep, opened });
  } catch (error) {
    await opened.closeAll().catch(() => undefined);
    throw error;
  }
}

async function openZone(parts: ZoneParts, zone: string): Promise<OpenZone> {
  const { machine, paths, log } = parts;
  const { clock, randomness, identity } = machine;
  const { createPostgresDatabase } = await import('./adapters/database/postgres/database.ts');
  const { openPostgresZoneStore } = await import('./adapters/store/postgres/zone-store.ts');
  const { openPostgresDefinitions } = await import(
    './adapters/definitions/postgres/definitions.ts'
  );
  const { createProcessExecutor } = await import('./adapters/executor/process/executor.ts');
  const { createFileAnchor } = await import('./adapters/anchor/file/anchor.ts');
  const { createSshSignatureVerifier } = await import(
    './adapters/ledger-signer/ssh/signature-verifier.ts'
  );
  const server = await parts.databases.ensureRunning();
  const url = await server.ensureDatabase(`plumbline_${zone.replaceAll('-', '_')}`);
  const database = createPostgresDatabase({ url });
  const open = async () => ({
    store: await openPostgresZoneStore({ database }),
    definitions: await openPostgresDefinitions({ database }),
  });
  // It is tried again later, with connections of its own.
  const { store, definitions } = await open().catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  const executor = createProcessExecutor({
    zone,
    zoneFolder: join(paths.zones, zone),
    clock,
    randomness,
    processIdentity: identity,
  });
  const holders = createHolders({ host: hostname(), identity });
  const handlers = [
    createTargetHandler({ executor }),
    ...createDefinitionHandlers({ definitions }),
  ];
  const reconciler = createZoneReconciler({
    zone,
    holder: await holders.nameSelf(process.pid, Buffer.from(randomness.bytes(8)).toString('hex')),
    isHolderDead: holders.isDead,
    settings: DEFAULT_SETTINGS,
    clock,
    randomness,
    log,
    git: parts.git,
    genesis: (await (await openInstanceFile(paths)).read())?.genesis ?? null,
    signer: parts.signer,
    createVerifier: (allowedSigners) => createSshSignatureVerifier({ allowedSigners }),
    anchor: createFileAnchor({ path: join(paths.anchors, `${zone}.jsonl`) }),
    store,
    kinds: new Map(handlers.map((handler) => [handler.kind, handler])),
    effectSteps: EFFECT_STEPS,
    revisions: parts.revisions,
    policy: parts.policy,
    referencesOf,
  });
  const close = async () => {
    await store.close();
    await database.close();
  };
  return { reconciler, close };
}
