import { expect, it } from 'vitest';
import type { SealedRecord } from '../../../reconciler/core/audit/record.ts';
import type { Fence } from '../../../reconciler/core/contracts/fence.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import {
  COMMIT,
  makeIntent,
  makeOutcome,
  toOutcomeInstant,
} from '../../support/journal-samples.ts';
import type { GetHarness } from './harness.ts';
import { lead } from './lead.ts';

export function describeOutbox(harness: GetHarness): void {
  it('is empty before the first record', async () => {
    const store = await harness().open();
    expect(await store.outbox.listPending(10)).toEqual([]);
    expect(await store.outbox.readBacklog()).toEqual({ rows: 0, oldestAt: null });
    expect(await store.outbox.readTail()).toBeNull();
  });

  it('lists what was recorded with what is live and why, to every handle', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const intent = makeIntent('alpha', 0);
    const outcome = makeOutcome(intent);
    await store.journal.openIntent(fence, intent);
    const sealed = await store.journal.recordOutcome(fence, outcome);
    const expected = [{ sealed, live: outcome.live, summary: outcome.summary }];
    expect(outcome.live).not.toBeNull();
    expect(await store.outbox.listPending(10)).toEqual(expected);
    expect(await (await harness().open()).outbox.listPending(10)).toEqual(expected);
  });

  it('lists the oldest first, at most as many as asked', async () => {
    const store = await harness().open();
    const sealed = await recordMany(store, await lead(store), 5);
    const toSealed = async (maxRows: number) =>
      (await store.outbox.listPending(maxRows)).map((row) => row.sealed);
    expect(await toSealed(2)).toEqual(sealed.slice(0, 2));
    expect(await toSealed(5)).toEqual(sealed);
    expect(await toSealed(50)).toEqual(sealed);
  });

  it('no longer lists what is ledgered, and counts the rest', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const sealed = await recordMany(store, fence, 4);
    expect(await store.outbox.readBacklog()).toEqual({ rows: 4, oldestAt: toOutcomeInstant(0) });
    await store.outbox.markLedgered(fence, 3, COMMIT);
    expect((await store.outbox.listPending(10)).map((row) => row.sealed)).toEqual(sealed.slice(3));
    expect(await store.outbox.readBacklog()).toEqual({ rows: 1, oldestAt: toOutcomeInstant(3) });
    await store.outbox.markLedgered(fence, 4, COMMIT);
    expect(await store.outbox.readBacklog()).toEqual({ rows: 0, oldestAt: null });
  });

  it('never moves the mark back', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    await recordMany(store, fence, 3);
    await store.outbox.markLedgered(fence, 2, COMMIT);
    await store.outbox.markLedgered(fence, 2, COMMIT);
    await store.outbox.markLedgered(fence, 1, COMMIT);
    expect(await store.outbox.readBacklog()).toMatchObject({ rows: 1 });
  });

  it('refuses to mark what was never recorded', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    await recordMany(store, fence, 1);
    const marking = store.outbox.markLedgered(fence, 2, COMMIT);
    await expect(marking).rejects.toThrow('beyond the tail');
    expect(await store.outbox.readBacklog()).toMatchObject({ rows: 1 });
  });

  it('knows the tail, ledgered or not', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const sealed = await recordMany(store, fence, 3);
    const tail = { seq: 3, digest: sealed[2]?.digest, at: toOutcomeInstant(2) };
    expect(await store.outbox.readTail()).toEqual(tail);
    await store.outbox.markLedgered(fence, 3, COMMIT);
    expect(await store.outbox.readTail()).toEqual(tail);
  });
}

/** One record a millisecond. */
async function recordMany(
  store: ZoneStore,
  fence: Fence,
  count: number,
): Promise<readonly SealedRecord[]> {
  const sealed: SealedRecord[] = [];
  for (let at = 0; at < count; at += 1) {
    const intent = makeIntent(`many-${at}`, 0);
    await store.journal.openIntent(fence, intent);
    sealed.push(await store.journal.recordOutcome(fence, makeOutcome(intent, { atMs: at })));
  }
  return sealed;
}
