import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { hasEnded } from '../../../core/runs/run-status.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { readType, removeLocked } from './base-folder.ts';
import { lookAtClaim, sweepClaim } from './claim.ts';
import type { RunFolder } from './folder-layout.ts';
import { killRunProcesses } from './process-group.ts';
import { readRunRecord, readStatus } from './records.ts';
import type { RunFiles } from './run-files.ts';
import { MAX_RUNS } from './tend-runs.ts';

export type RemovalDeps = {
  readonly files: RunFiles;
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
  /** Where removed runs lie until their files are gone. */
  readonly removed: string;
};

/**
 * Out of sight in one step: what is half removed is no run any more, and its key is free at once.
 * Returns the name that it has from then on; null when there is nothing.
 */
export async function putAside(
  deps: RemovalDeps,
  folder: RunFolder,
  takeSequence: () => Promise<number>,
): Promise<string | null> {
  const { files, processIdentity, removed } = deps;
  if ((await readType(folder.path)) === 'none') return null;
  const record = await readRunRecord(files, folder);
  const { state, claim } = await lookAtClaim(files, processIdentity, folder);
  const standing = await readStatus(files, folder);
  const isOver = standing !== null && hasEnded(standing.status);
  if (!isOver && (record !== null || state === 'alive')) {
    const whose = record?.request.model ?? 'a model that its folder does not name';
    throw new CodedError('P406', `the run of ${whose} has not ended: cancel it`, {
      remedy: 'retry',
    });
  }
  if (state === 'dead') {
    await killRunProcesses(deps, folder.base.path, null);
    await sweepClaim(files, folder, claim);
  }
  await files.makeFolder(removed);
  const name = `${await takeSequence()}-${process.pid}`;
  await rename(folder.path, join(removed, name));
  return name;
}

/**
 * Also what an earlier removal left when it was cut short. Files of others that cannot be removed
 * are left to the next removal: they must not keep a run from being forgotten.
 */
export async function sweepRemoved(deps: RemovalDeps, own: string | null): Promise<void> {
  for (const { name } of (await deps.files.listEntries(deps.removed, MAX_RUNS)) ?? []) {
    try {
      await removeLocked(deps.files, join(deps.removed, name));
    } catch (error) {
      // Another process removes the same.
      if (name === own && !hasErrorCode(error, 'ENOENT')) throw error;
    }
  }
}
