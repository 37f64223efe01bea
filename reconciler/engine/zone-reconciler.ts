import type { ZoneStatus } from '../core/status/zone-status.ts';
import { describeError } from './describe-error.ts';
import { waitForLease } from './lease-keeper.ts';
import { backoffMs, MAX_DELAY_MS } from './retry.ts';
import { createStatusBoard } from './status-board.ts';
import { createWakeup } from './wakeup.ts';
import type { ZoneDeps } from './zone-deps.ts';
import { leadTerm } from './zone-term.ts';

/** A term that lasts longer than the longest pause between two terms. */
const LONG_TERM_MS = 2 * MAX_DELAY_MS;

/** A zone's control loop: it waits for leadership, leads, and begins again when a term ends. */
export type ZoneReconciler = {
  /** Runs until stopped; then it has drained, released its lease and returns. */
  readonly run: (stop: AbortSignal) => Promise<void>;
  /** The platform repo may have moved. */
  readonly hint: () => void;
  readonly status: () => ZoneStatus;
};

export function createZoneReconciler(deps: ZoneDeps): ZoneReconciler {
  const board = createStatusBoard(deps.zone);
  const sourceHint = createWakeup(deps.clock);

  const runTerm = async (stop: AbortSignal): Promise<void> => {
    board.set({ role: 'standby', epoch: null, isConverged: false });
    const fence = await waitForLease(deps, stop);
    if (fence === null) return;
    board.forgetResources();
    board.set({ role: 'leader', epoch: fence.epoch, trouble: null });
    sourceHint.notify();
    try {
      await leadTerm(deps, fence, board, sourceHint, stop);
    } finally {
      await deps.store.lease.release(fence).catch(() => undefined);
    }
  };

  const run = async (stop: AbortSignal): Promise<void> => {
    let failures = 0;
    while (!stop.aborted) {
      const startedAt = deps.clock.now();
      try {
        await runTerm(stop);
        failures = 0;
      } catch (error) {
        // What went well for a while is no reason to wait longer than the first time.
        const wasLong = deps.clock.now() - startedAt >= LONG_TERM_MS;
        failures = wasLong ? 1 : failures + 1;
        const trouble = describeError(error);
        board.set({ role: 'standby', epoch: null, isConverged: false, trouble });
        const fields = { zone: deps.zone, failures };
        deps.log.write({ level: 'error', event: 'term-ended', message: trouble, fields });
        // A zone without a leader is worse than a few tries too many: it has one again within two
        // lives of a lease after whatever kept it from being led.
        const pauseMs = Math.min(backoffMs(failures, deps.randomness), deps.settings.leaseTtlMs);
        await deps.clock.sleep(pauseMs, stop);
      }
    }
    board.set({ role: 'stopped', epoch: null });
  };

  return { run, hint: sourceHint.notify, status: board.read };
}
