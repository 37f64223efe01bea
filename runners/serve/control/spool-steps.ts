import {
  MAX_CONTROL_MESSAGE_BYTES,
  MAX_DELTA_ENTRIES,
} from '../../../reconciler/core/contracts/control-message.ts';
import type { CounterEntry } from '../../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import {
  sumCounters,
  toCounterKey,
  toCounterShape,
} from '../../../reconciler/core/serving/sum-counters.ts';
import type { BootSpool } from './spool.ts';

/** Leaves room for what stands around the entries. */
const MAX_ENTRIES_BYTES = MAX_CONTROL_MESSAGE_BYTES - 4_096;

export function createSpool(boot: string): BootSpool {
  return { v: 1, boot, sequence: 0, sending: null, waiting: [] };
}

export function isEmpty({ sending, waiting }: BootSpool): boolean {
  return sending === null && waiting.length === 0;
}

/** What waits has no sequence yet, so it is summed: however long nobody takes it, it stays small. */
export function addWaiting(spool: BootSpool, collected: readonly CounterEntry[]): BootSpool {
  if (collected.length === 0) return spool;
  return { ...spool, waiting: sumAlike([...spool.waiting, ...collected]) };
}

/** The next delta is cut off what waits, unless one is on its way already. */
export function beginSending(spool: BootSpool): BootSpool {
  if (spool.sending !== null || spool.waiting.length === 0) return spool;
  const count = countForOneDelta(spool.waiting);
  return {
    ...spool,
    sequence: spool.sequence + 1,
    sending: spool.waiting.slice(0, count),
    waiting: spool.waiting.slice(count),
  };
}

export function endSending(spool: BootSpool): BootSpool {
  return { ...spool, sending: null };
}

/**
 * A delta that was refused was not taken and never will be, so its sequence may carry something
 * else: the first half of it, while the other half waits, until a single entry is at fault. That
 * one is left out, and its sequence goes empty, since sequences have no gaps.
 */
export function refuseSending(spool: BootSpool): BootSpool {
  const sending = spool.sending ?? [];
  if (sending.length <= 1) return { ...spool, sending: [] };
  const half = Math.ceil(sending.length / 2);
  return {
    ...spool,
    sending: sending.slice(0, half),
    waiting: sumAlike([...sending.slice(half), ...spool.waiting]),
  };
}

/** Entries of one key in other cells stay apart: the other side judges them. */
function sumAlike(entries: readonly CounterEntry[]): readonly CounterEntry[] {
  return sumCounters(entries, (entry) => `${toCounterKey(entry)} ${toCounterShape(entry)}`);
}

/** At least one: what is too large by itself is refused by itself. */
function countForOneDelta(entries: readonly CounterEntry[]): number {
  let bytes = 0;
  let count = 0;
  for (const entry of entries.slice(0, MAX_DELTA_ENTRIES)) {
    bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (count > 0 && bytes > MAX_ENTRIES_BYTES) break;
    count += 1;
  }
  return count;
}
