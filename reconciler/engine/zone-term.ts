import type { Fence } from '../core/contracts/fence.ts';
import { toRefKey } from '../core/contracts/ref.ts';
import { adoptLedger } from './adopt-ledger.ts';
import { createKeyPool } from './key-pool.ts';
import { createKeyQueue } from './key-queue.ts';
import { keepLease } from './lease-keeper.ts';
import { checkLedgerHead, readLedgerHead } from './ledger-head.ts';
import { createLedgerWriter } from './ledger-writer.ts';
import { raiseFences } from './observation.ts';
import { createSourceLoop } from './source-loop.ts';
import type { StatusBoard } from './status-board.ts';
import { createTendingLoops } from './tending.ts';
import { indexAdmission, type TermState } from './term-state.ts';
import { createWakeup, type Wakeup } from './wakeup.ts';
import type { ZoneDeps } from './zone-deps.ts';

/** One term of leadership: from the first read under a fence until the lease or the process ends. */
export async function leadTerm(
  deps: ZoneDeps,
  fence: Fence,
  board: StatusBoard,
  sourceHint: Wakeup,
  stop: AbortSignal,
): Promise<void> {
  const term = new AbortController();
  const end = () => term.abort();
  stop.addEventListener('abort', end, { once: true });
  if (stop.aborted) end();
  const over = new AbortController();
  const renewing = keepLease(deps, fence, term, over.signal);
  try {
    const state = await openTerm(deps, fence);
    await runLoops(deps, state, board, sourceHint, term, stop);
  } finally {
    end();
    over.abort();
    stop.removeEventListener('abort', end);
    await renewing;
  }
}

async function openTerm(deps: ZoneDeps, fence: Fence): Promise<TermState> {
  const fenced = await raiseFences(deps, fence);
  const admission = await deps.store.admissions.readLatest();
  if (admission === null) await adoptLedger(deps, fence);
  await checkLedgerHead(deps);
  const open = await deps.store.journal.listOpenIntents();
  return {
    ...fenced,
    admission: admission === null ? null : indexAdmission(admission),
    openIntents: new Map(open.map((intent) => [toRefKey(intent.effect.ref), intent])),
    attempts: new Map(),
  };
}

async function runLoops(
  deps: ZoneDeps,
  state: TermState,
  board: StatusBoard,
  sourceHint: Wakeup,
  term: AbortController,
  stop: AbortSignal,
): Promise<void> {
  const poolWakeup = createWakeup(deps.clock);
  const ledgerWakeup = createWakeup(deps.clock);
  const wakeLedger = ledgerWakeup.notify;
  const queue = createKeyQueue(poolWakeup.notify);
  const source = createSourceLoop(deps, state, board, queue, sourceHint, wakeLedger);
  const pool = createKeyPool(deps, state, board, queue, poolWakeup, {
    onEffect: wakeLedger,
    onIdle: wakeLedger,
    onNeedsAdmission: source.askForAdmission,
  });
  const ledger = createLedgerWriter(deps, state);
  await ledger.anchors.begin(await readLedgerHead(deps));

  const writeLedger = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      while (await ledger.drain()) if (signal.aborted) break;
      await ledger.anchors.flushWhenDue();
      const hasAdmission = state.admission !== null;
      board.set({ isConverged: hasAdmission && source.hasEnqueuedAll() && pool.isIdle() });
      await ledgerWakeup.wait(deps.settings.pollMs, signal);
    }
  };

  const tending = createTendingLoops(deps, state.fence);
  await endTogether(term, [source.run, pool.run, writeLedger, ...tending]);
  if (!stop.aborted) return;
  await pool.drain();
  while (await ledger.drain());
  await ledger.anchors.flush();
}

/** The first loop that fails ends the others; its error is the term's. */
async function endTogether(
  term: AbortController,
  loops: readonly ((signal: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const results = await Promise.allSettled(
    loops.map((loop) => loop(term.signal).finally(() => term.abort())),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
