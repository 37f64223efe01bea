import { join } from 'node:path';
import type { VerifyRequest } from './cli/commands/audit-verify.ts';
import { type CommandPorts, createCommands } from './cli/create-commands.ts';
import { initialise } from './cli/initialise.ts';
import { createProcessIo } from './cli/process-io.ts';
import { readCommitSource, readFolderSource, type SourceReading } from './cli/read-source.ts';
import type { SourceChoice } from './cli/revision-source.ts';
import { runCli } from './cli/run-cli.ts';
import { STATE_ENTRIES, type StatePaths } from './cli/state-paths.ts';
import { readGenesisSigners, verifyLedgers } from './cli/verify-ledgers.ts';
import { referencesOf } from './core/graph/references.ts';
import { PLANNERS } from './core/plan/planners/planners.ts';
import { createRevisionReader } from './engine/revision-reader.ts';
import { startInstallation } from './main/installation.ts';
import {
  type Machine,
  openDatabaseServer,
  openGit,
  openIdentity,
  openInstanceFile,
  openMachine,
  openPolicyGate,
  openRegistry,
  PACKAGE_FOLDER,
  withGit,
} from './main/machine.ts';
import { openParsedFiles } from './main/parsed-files.ts';
import { withForge } from './main/pulls.ts';
import {
  listNodes,
  listVersions,
  predict,
  readOnline,
  stopDetached,
} from './main/zones-at-rest.ts';

/*
 * The composition root: with the folder beside it, the one place that chooses implementations.
 * Adapters are imported when a command needs them, so that `plumb validate` does not pay for a
 * database driver.
 */

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
    stopDetached: (paths) => stopDetached(machine, paths),
    listVersions: (paths, model) => listVersions(machine, paths, model),
    listNodes: (paths) => listNodes(machine, paths),
    readOnline: (paths, view, keys) => readOnline(machine, paths, view, keys),
    withForge: (paths, work) => withForge(machine, paths, work),
    readBodyFile: async (path, cwd) => {
      const { readBodyFile } = await import('./adapters/forge/local/read-body-file.ts');
      return readBodyFile(path, cwd);
    },
    predict: (url, request) => predict(machine, url, request),
  };
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

async function openFolder(folder: string) {
  const { createFolderWorkingFolder } = await import(
    './adapters/working-folder/folder/working-folder.ts'
  );
  return createFolderWorkingFolder({ folder });
}

async function readSource(machine: Machine, source: SourceChoice): Promise<SourceReading> {
  if (source.kind === 'folder') return readFolderSource(await openFolder(source.path));
  return withGit(machine, source.paths, async (git) =>
    readCommitSource(
      git,
      createRevisionReader({ parsedFiles: await openParsedFiles(source.paths) }),
      source.revision,
    ),
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

async function readRunningStatus({ clock }: Machine, port: number) {
  const { createHttpStatusSource } = await import('./adapters/status-source/http/status-source.ts');
  return createHttpStatusSource({ clock }).read(port);
}
