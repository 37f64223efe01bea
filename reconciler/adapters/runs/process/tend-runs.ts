import { join } from 'node:path';
import { toBackoffMs } from '../../../core/runs/judge-step.ts';
import {
  hasEnded,
  loseSupervisor,
  type RunStatus,
  toCancelled,
  toFirstStatus,
} from '../../../core/runs/run-status.ts';
import type { Clock } from '../../../ports/clock.ts';
import { isSlotFree, lookAtClaim, sweepClaim } from './claim.ts';
import { type RunFolder, toRunFolder, toRunKey } from './folder-layout.ts';
import { type LaunchDeps, launchSupervisor } from './launch.ts';
import { killRunProcesses } from './process-group.ts';
import { type RunRecord, readRunRecord, readStatus, writeStatus } from './records.ts';
import type { RunFiles } from './run-files.ts';

export type TendDeps = LaunchDeps & {
  readonly clock: Clock;
  readonly root: string;
  /** Where the slots of a pool stand, each a folder that is named by its number. */
  readonly slotsFolderOf: (target: string, pool: string) => string;
};

/** Ended runs that nobody removed count too. */
export const MAX_RUNS = 4096;
const MAX_ENTRIES = MAX_RUNS + 64;
const MAX_SLOTS = 2048;

type WaitingRun = RunRecord & { readonly folder: RunFolder };

/**
 * Under the lock: takes back what the dead held, then hands out what is free. A run whose files
 * cannot be read keeps no other from its turn; whoever called hears of it in the end.
 */
export async function tendRuns(deps: TendDeps): Promise<void> {
  const failures: unknown[] = [];
  const waiting: WaitingRun[] = [];
  for (const name of await listRunNames(deps.files, deps.root)) {
    await collectFailure(failures, async () => {
      const run = await settleRun(deps, toRunFolder(join(deps.root, name)));
      if (run !== null) waiting.push(run);
    });
  }
  waiting.sort((left, right) => left.sequence - right.sequence);
  const freeSlots = new Map<string, string[]>();
  for (const { folder, request } of waiting) {
    await collectFailure(failures, async () => {
      const slots = deps.slotsFolderOf(request.target, request.pool);
      const free = freeSlots.get(slots) ?? [...(await listFreeSlots(deps, slots))];
      freeSlots.set(slots, free);
      const slotFolder = free.shift();
      if (slotFolder === undefined) return;
      await launchSupervisor(deps, folder, { runKey: request.runKey, slotFolder });
    });
  }
  if (failures.length > 0) throw failures[0];
}

async function collectFailure(failures: unknown[], act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    failures.push(error);
  }
}

export async function listRunNames(files: RunFiles, root: string): Promise<readonly string[]> {
  const entries = (await files.listEntries(root, MAX_ENTRIES)) ?? [];
  return entries
    .filter(({ name, type }) => type === 'folder' && toRunKey(name) !== null)
    .map(({ name }) => name);
}

/** What stands when no supervisor lives: a run without a status was taken in and no more. */
export async function readStanding(
  files: RunFiles,
  folder: RunFolder,
  request: RunRecord['request'],
): Promise<RunStatus> {
  return (await readStatus(files, folder))?.status ?? toFirstStatus(request.steps);
}

/** Under the lock. The run, if it waits, is due, and nobody answers for it. */
export async function settleRun(deps: TendDeps, folder: RunFolder): Promise<WaitingRun | null> {
  const { files, processIdentity } = deps;
  const { state, claim } = await lookAtClaim(files, processIdentity, folder);
  if (state === 'alive' || (state === 'none' && (await hasRunEnded(files, folder)))) return null;
  const record = await readRunRecord(files, folder);
  if (record === null) return null;
  if (state === 'dead') {
    await takeBack(deps, folder, record);
    await sweepClaim(files, folder, claim);
  }
  const standing = await readStatus(files, folder);
  const status = standing?.status ?? toFirstStatus(record.request.steps);
  if (hasEnded(status)) return null;
  if ((await files.readText(folder.cancellation, 4096)) !== null) {
    await writeStatus(files, folder, { status: toCancelled(status), group: null });
    return null;
  }
  const isDue = deps.clock.now() >= (standing?.notBefore ?? 0);
  return isDue ? { ...record, folder } : null;
}

/** Most runs have ended: of those not even the request is read. */
async function hasRunEnded(files: RunFiles, folder: RunFolder): Promise<boolean> {
  const standing = await readStatus(files, folder);
  return standing !== null && hasEnded(standing.status);
}

/** Ends the programs of a dead supervisor before anybody else may start the same ones. */
async function takeBack(deps: TendDeps, folder: RunFolder, record: RunRecord): Promise<void> {
  const standing = await readStatus(deps.files, folder);
  const isOver = standing !== null && hasEnded(standing.status);
  await killRunProcesses(deps, folder.base.path, standing?.group ?? null);
  if (isOver) return;
  const status = loseSupervisor(standing?.status ?? toFirstStatus(record.request.steps));
  const delayMs = toBackoffMs(status.counters.losses - 1, deps.settings);
  const notBefore = deps.clock.now() + delayMs;
  await writeStatus(deps.files, folder, { status, group: null, notBefore });
}

async function listFreeSlots(deps: TendDeps, slotsFolder: string): Promise<readonly string[]> {
  const entries = (await deps.files.listEntries(slotsFolder, MAX_SLOTS)) ?? [];
  const free: string[] = [];
  for (const { name, type } of entries) {
    if (type !== 'folder' || !/^\d{3}$/.test(name)) continue;
    const slotFolder = join(slotsFolder, name);
    if (await isSlotFree(deps.files, deps.processIdentity, slotFolder)) free.push(slotFolder);
  }
  return free;
}
