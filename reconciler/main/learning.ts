import { join } from 'node:path';
import type { StatePaths } from '../cli/state-paths.ts';
import type { RunPrograms } from '../kinds/model/run-request.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { DataConnections } from '../ports/data-connections.ts';
import type { Database } from '../ports/database.ts';
import type { OnlineFeatures } from '../ports/online-features.ts';
import type { ProgramRunner } from '../ports/program-runner.ts';
import type { Runs } from '../ports/runs.ts';
import type { Secret } from '../ports/secrets.ts';
import type { Snapshots } from '../ports/snapshots.ts';
import type { Trainers } from '../ports/trainers.ts';
import { BUILD_FOLDER, type Machine } from './machine.ts';
import { toZoneFolder, type ZoneFolder } from './zone-folder.ts';

/** What turns a zone's data into versions of its models. */
export type LearningPorts = {
  readonly connections: DataConnections;
  readonly snapshots: Snapshots;
  readonly onlineFeatures: OnlineFeatures;
  readonly trainers: Trainers;
  readonly runs: Runs;
  readonly artifacts: ArtifactStore;
  readonly programs: RunPrograms;
};

export type LearningParts = {
  readonly machine: Machine;
  readonly paths: StatePaths;
  readonly zone: string;
  readonly url: Secret;
  readonly database: Database;
};

export async function openLearningPorts(
  parts: LearningParts,
): Promise<LearningPorts & { readonly close: () => Promise<void> }> {
  const { machine, paths, zone } = parts;
  const folder = toZoneFolder(paths, zone);
  const stop = new AbortController();
  // Of an owner before us that was killed: nobody waits for what its programs answer.
  await endPrograms(machine, paths, zone);
  const programRunner = await openProgramRunner(machine, folder, stop.signal);
  return {
    ...(await openData(parts, folder, programRunner)),
    trainers: await openTrainers(machine, paths),
    runs: await openRuns(machine, paths, zone),
    artifacts: await openArtifacts(machine, paths, zone),
    programs: {
      trainingSet: toProgramArgv('materialize', 'training-set'),
      evaluate: toProgramArgv('evaluate', 'evaluate'),
    },
    close: async () => stop.abort(),
  };
}

/** Ends the programs of an owner that is gone, and removes their jobs; returns which they were. */
export async function endPrograms(
  { clock, identity: processIdentity }: Machine,
  paths: StatePaths,
  zone: string,
): Promise<readonly string[]> {
  const { sweepJobs } = await import('../adapters/program-runner/process/sweep-jobs.ts');
  return sweepJobs({ jobsFolder: toZoneFolder(paths, zone).jobs, clock, processIdentity });
}

async function openProgramRunner(
  { clock, identity: processIdentity }: Machine,
  folder: ZoneFolder,
  signal: AbortSignal,
): Promise<ProgramRunner> {
  const { createProcessProgramRunner } = await import(
    '../adapters/program-runner/process/program-runner.ts'
  );
  return createProcessProgramRunner({
    toProgramFile,
    jobsFolder: folder.jobs,
    clock,
    processIdentity,
    environment: process.env,
    signal,
  });
}

async function openData(
  { machine, url, database }: LearningParts,
  folder: ZoneFolder,
  programRunner: ProgramRunner,
): Promise<Pick<LearningPorts, 'connections' | 'snapshots' | 'onlineFeatures'>> {
  const { createFolderDataConnections } = await import(
    '../adapters/data-connections/folder/data-connections.ts'
  );
  const { createFolderSnapshots } = await import('../adapters/snapshots/folder/snapshots.ts');
  const { openPostgresOnlineFeatures } = await import(
    '../adapters/online-features/postgres/online-features.ts'
  );
  const { randomness } = machine;
  return {
    connections: createFolderDataConnections({
      zoneFolder: folder.root,
      programRunner,
      randomness,
    }),
    snapshots: createFolderSnapshots({ zoneFolder: folder.root, programRunner, randomness }),
    onlineFeatures: await openPostgresOnlineFeatures({
      database,
      databaseUrl: url,
      programRunner,
      secretsFolder: folder.jobs,
    }),
  };
}

async function openTrainers(machine: Machine, paths: StatePaths): Promise<Trainers> {
  const { createVirtualEnvironmentTrainers } = await import(
    '../adapters/trainers/virtual-environment/trainers.ts'
  );
  const { PYTHON_NAMES } = await import('../adapters/trainers/virtual-environment/interpreter.ts');
  return createVirtualEnvironmentTrainers({
    programsFolder: join(BUILD_FOLDER, 'runners', 'train'),
    environmentsFolder: paths.environments,
    environment: process.env,
    interpreters: PYTHON_NAMES,
    clock: machine.clock,
    randomness: machine.randomness,
    processIdentity: machine.identity,
  });
}

/** Runs take the slots that the executor keeps, and write files in the way that it does. */
export async function openRuns(machine: Machine, paths: StatePaths, zone: string): Promise<Runs> {
  const { createProcessRuns } = await import('../adapters/runs/process/runs.ts');
  const { createFiles } = await import('../adapters/executor/process/files.ts');
  const { createFolderLayout } = await import('../adapters/executor/process/folder-layout.ts');
  const { createFolderLock } = await import('../adapters/executor/process/folder-lock.ts');
  const { clock, identity: processIdentity } = machine;
  const folder = toZoneFolder(paths, zone);
  const files = createFiles();
  return createProcessRuns({
    zone,
    zoneFolder: folder.root,
    slotsFolderOf: createFolderLayout(folder.root).slots,
    supervisorArgv: [process.execPath, toProgramFile('supervise')],
    files,
    lock: createFolderLock({
      ...machine,
      processIdentity,
      files,
      folder: join(folder.root, 'runs', '.lock'),
    }),
    clock,
    processIdentity,
  });
}

export async function openArtifacts(
  { randomness }: Machine,
  paths: StatePaths,
  zone: string,
): Promise<ArtifactStore> {
  const { createOciLayoutArtifactStore } = await import(
    '../adapters/artifact-store/oci-layout/artifact-store.ts'
  );
  return createOciLayoutArtifactStore({ folder: toZoneFolder(paths, zone).artifacts, randomness });
}

function toProgramFile(program: string): string {
  return join(BUILD_FOLDER, 'runners', program, 'main.js');
}

function toProgramArgv(program: string, verb: string): readonly string[] {
  return [process.execPath, toProgramFile(program), verb];
}
