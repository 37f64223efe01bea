import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createFiles, type Files } from '../../reconciler/adapters/executor/process/files.ts';
import { createFolderLock } from '../../reconciler/adapters/executor/process/folder-lock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { createProcessRuns } from '../../reconciler/adapters/runs/process/runs.ts';
import type { SupervisorSettings } from '../../reconciler/adapters/runs/process/settings.ts';
import { digestText } from '../../reconciler/core/contracts/digest.ts';
import { hasErrorCode } from '../../reconciler/core/contracts/has-error-code.ts';
import type { RunObservation, RunRequest, Runs } from '../../reconciler/ports/runs.ts';

export const RUN_ZONE = 'ae';
export const LEADER = { holder: 'leader', epoch: 1 };

/** Impatient, so that a test does not wait for what a person would. */
const TEST_SETTINGS: Partial<SupervisorSettings> = {
  pollMs: 20,
  lookMs: 100,
  noteMs: 50,
  backoffMs: 10,
};

/** From its source: the loader is named in full, since a supervisor starts in the run's folder. */
const SUPERVISOR = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  new URL('../../runners/supervise/main.ts', import.meta.url).pathname,
];

export function toRunKeyOf(name: string): string {
  return digestText(name);
}

export function makeRunRequest(
  name: string,
  changes: Omit<Partial<RunRequest>, 'limits'> & {
    readonly limits?: Partial<RunRequest['limits']>;
  } = {},
): RunRequest {
  return {
    runKey: toRunKeyOf(name),
    model: `payments/${name}`,
    zone: RUN_ZONE,
    target: 'laptop',
    pool: 'cpu',
    device: 'cpu',
    seed: 7,
    digests: {
      commit: '1'.repeat(40),
      spec: digestText('spec'),
      snapshot: digestText('snapshot'),
      trainer: digestText('trainer'),
    },
    hyperparameters: {},
    config: { label: 'is_fraud' },
    steps: [],
    ...changes,
    limits: {
      maxRuntimeSeconds: 600,
      graceSeconds: 10,
      retries: 2,
      maxModelBytes: 1024 * 1024,
      ...changes.limits,
    },
  };
}

export function toSlotsFolder(zoneFolder: string, target: string, pool: string): string {
  return join(zoneFolder, 'targets', target, 'pools', pool, 'slots');
}

export async function makeSlots(zoneFolder: string, pool: string, count: number): Promise<void> {
  for (let slot = 0; slot < count; slot += 1) {
    const name = String(slot).padStart(3, '0');
    await mkdir(join(toSlotsFolder(zoneFolder, 'laptop', pool), name), { recursive: true });
  }
}

export function openProcessRuns(
  zoneFolder: string,
  settings: Partial<SupervisorSettings> = {},
  parts: { readonly files?: Files; readonly supervisorArgv?: readonly string[] } = {},
): Runs {
  const files = parts.files ?? createFiles();
  const clock = createSystemClock();
  const processIdentity = createSystemProcessIdentity();
  const randomness = createSystemRandomness();
  const folder = join(zoneFolder, 'runs', '.lock');
  return createProcessRuns({
    zone: RUN_ZONE,
    zoneFolder,
    slotsFolderOf: (target, pool) => toSlotsFolder(zoneFolder, target, pool),
    supervisorArgv: parts.supervisorArgv ?? SUPERVISOR,
    files,
    lock: createFolderLock({ folder, files: createFiles(), clock, randomness, processIdentity }),
    clock,
    processIdentity,
    settings: { ...TEST_SETTINGS, ...settings },
  });
}

/** Writes a program and says how it is started. */
export async function writeProgram(
  folder: string,
  name: string,
  source: string,
): Promise<readonly string[]> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, source);
  return [process.execPath, path];
}

/** Between two looks: long for a processor, short for a person. */
const LOOK_MS = 25;

/** Tends until the run is as wanted. What never comes ends with the test. */
export async function tendUntil(
  runs: Runs,
  runKey: string,
  isWanted: (seen: RunObservation) => boolean | Promise<boolean>,
): Promise<RunObservation> {
  const clock = createSystemClock();
  for (;;) {
    await runs.tend(LEADER);
    const seen = await runs.observe(runKey);
    if (await isWanted(seen)) return seen;
    await clock.sleep(LOOK_MS);
  }
}

export function hasRunEnded(seen: RunObservation): boolean {
  return seen.state === 'succeeded' || seen.state === 'failed';
}

const LAST_WORD = { holder: 'end of the test', epoch: 1_000_000 };

/** Stops every run and removes the folder once no supervisor works in it any more. */
export async function endProcessRuns(zoneFolder: string): Promise<void> {
  const runs = openProcessRuns(zoneFolder);
  const supervisors: { readonly pid: number; readonly identity: string }[] = [];
  for (const runKey of await runs.list()) {
    const claim = await readClaimOf(zoneFolder, runKey);
    if (claim !== null) supervisors.push(claim);
    await runs.cancel(LAST_WORD, runKey);
  }
  const clock = createSystemClock();
  const { readIdentity } = createSystemProcessIdentity();
  for (const { pid, identity } of supervisors) {
    while ((await readIdentity(pid)) === identity) await clock.sleep(LOOK_MS);
  }
  // What a killed supervisor left is ended by whoever tends.
  await runs.tend(LAST_WORD);
  for (const runKey of await runs.list()) await runs.remove(LAST_WORD, runKey);
  await rm(zoneFolder, { recursive: true });
}

export function toRunPath(zoneFolder: string, runKey: string): string {
  return join(zoneFolder, 'runs', runKey.slice('sha256:'.length));
}

/** The supervisor that answers for a run; null when there is none. */
export async function readClaimOf(
  zoneFolder: string,
  runKey: string,
): Promise<{ readonly pid: number; readonly identity: string } | null> {
  try {
    return JSON.parse(await readFile(join(toRunPath(zoneFolder, runKey), 'claim.json'), 'utf8'));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
