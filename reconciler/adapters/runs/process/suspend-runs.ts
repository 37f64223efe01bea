import { join } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { hasEnded } from '../../../core/runs/run-status.ts';
import { lookAtClaim } from './claim.ts';
import { type RunFolder, toRunFolder, toRunKey } from './folder-layout.ts';
import { type ProcessMark, readRunRecord } from './records.ts';
import type { RunLock } from './run-files.ts';
import { listRunNames, readStanding, settleRun, type TendDeps } from './tend-runs.ts';

/** What a supervisor needs to write down how it ended, beyond the time of grace of its program. */
const END_MS = 10_000;
const POLL_MS = 25;

type GoingRun = {
  readonly runKey: string;
  readonly folder: RunFolder;
  readonly supervisor: ProcessMark;
  readonly graceMs: number;
};

/**
 * Asks every supervisor to stop its program in order and to queue its run again, and waits for
 * them all. The lock is free meanwhile: a time of grace is longer than anybody waits for it.
 */
export async function suspendRuns(deps: TendDeps, lock: RunLock): Promise<readonly string[]> {
  const names = await listRunNames(deps.files, deps.root);
  const folders = names.map((name) => ({ name, folder: toRunFolder(join(deps.root, name)) }));
  const going: GoingRun[] = [];
  for (const { name, folder } of folders) {
    const run = await lookAtRun(deps, toRunKey(name) ?? name, folder);
    if (run !== null) going.push(run);
  }
  for (const { supervisor } of going) await signalSame(deps, supervisor, 'SIGTERM');
  await Promise.all(going.map((run) => waitForEnd(deps, run)));
  // A supervisor that died, now or earlier, may have left its program at work.
  await lock.run(async () => {
    for (const { folder } of folders) await settleRun(deps, folder);
  });
  return going.map(({ runKey }) => runKey);
}

async function lookAtRun(
  deps: TendDeps,
  runKey: string,
  folder: RunFolder,
): Promise<GoingRun | null> {
  const { state, claim } = await lookAtClaim(deps.files, deps.processIdentity, folder);
  const record = await readRunRecord(deps.files, folder);
  if (state !== 'alive' || claim === null || record === null) return null;
  // One that only tidies up is waited for by nobody: its programs have ended.
  if (hasEnded(await readStanding(deps.files, folder, record.request))) return null;
  const graceMs = record.request.limits.graceSeconds * 1000;
  return { runKey, folder, supervisor: claim, graceMs };
}

async function waitForEnd(deps: TendDeps, run: GoingRun): Promise<void> {
  const deadline = deps.clock.now() + run.graceMs + END_MS;
  while (await isSame(deps, run.supervisor)) {
    if (deps.clock.now() > deadline) await signalSame(deps, run.supervisor, 'SIGKILL');
    await deps.clock.sleep(POLL_MS);
  }
}

/** The identity is read right before: what got the same id later is not signalled. */
async function signalSame(deps: TendDeps, mark: ProcessMark, signal: NodeJS.Signals) {
  if (!(await isSame(deps, mark))) return;
  try {
    process.kill(mark.pid, signal);
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH')) throw error;
  }
}

async function isSame(deps: TendDeps, mark: ProcessMark): Promise<boolean> {
  return (await deps.processIdentity.readIdentity(mark.pid)) === mark.identity;
}
