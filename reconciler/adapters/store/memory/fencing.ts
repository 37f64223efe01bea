import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Fence } from '../../../core/contracts/fence.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { MemoryTables } from './tables.ts';

export type MemoryDeps = { readonly tables: MemoryTables; readonly clock: Clock };

export function isLeader({ tables, clock }: MemoryDeps, fence: Fence): boolean {
  const { leader } = tables;
  return (
    leader.epoch === fence.epoch && leader.holder === fence.holder && leader.expiresAt > clock.now()
  );
}

/** The first step of every write: nothing is read or changed for one who does not lead. */
export function assertLeader(deps: MemoryDeps, fence: Fence): void {
  if (isLeader(deps, fence)) return;
  throw new CodedError('P403', `epoch ${fence.epoch} does not lead this zone`, {
    details: { epoch: fence.epoch, leaderEpoch: deps.tables.leader.epoch },
  });
}
