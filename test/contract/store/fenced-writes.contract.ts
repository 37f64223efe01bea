import { expect, it } from 'vitest';
import type { Fence } from '../../../reconciler/core/contracts/fence.ts';
import { NOTHING_RECORDED } from '../../../reconciler/core/plan/planner.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import {
  COMMIT,
  makeAdmission,
  makeForm,
  makeIntent,
  makeOutcome,
  toTargetRef,
} from '../../support/journal-samples.ts';
import type { GetHarness } from './harness.ts';
import { lead } from './lead.ts';

const OPEN = makeIntent('alpha', 0);
const NEW = makeIntent('beta', 0);

/** Everything that changes the zone, each in a form that the leader could do right now. */
const WRITES: Readonly<Record<string, (store: ZoneStore, fence: Fence) => Promise<unknown>>> = {
  admit: (store, fence) => store.admissions.admit(fence, makeAdmission(2, [makeForm('beta', 1)])),
  'open a new intent': (store, fence) => store.journal.openIntent(fence, NEW),
  'take over an intent': (store, fence) => store.journal.openIntent(fence, OPEN),
  'record an outcome': (store, fence) => store.journal.recordOutcome(fence, makeOutcome(OPEN)),
  'repeat an outcome': (store, fence) =>
    store.journal.recordOutcome(fence, makeOutcome(makeIntent('gamma', 0))),
  'mark as ledgered': (store, fence) => store.outbox.markLedgered(fence, 1, COMMIT),
};

/** Ways of not being the leader, from the fence of one who was. */
const STRANGERS: Readonly<
  Record<string, (harness: GetHarness, store: ZoneStore, fence: Fence) => Promise<Fence>>
> = {
  'whose lease ran out': async (harness, _store, fence) => {
    await harness().expireLease();
    return fence;
  },
  'whose lease was released': async (_harness, store, fence) => {
    await store.lease.release(fence);
    return fence;
  },
  'after whom another leads': async (harness, store, fence) => {
    await harness().expireLease();
    await lead(store, 'second');
    return fence;
  },
  'with the leader’s epoch under another name': async (_harness, _store, fence) => ({
    ...fence,
    holder: 'second',
  }),
  'with an epoch that was never given': async (_harness, _store, fence) => ({
    ...fence,
    epoch: fence.epoch + 1,
  }),
};

export function describeFencedWrites(harness: GetHarness): void {
  for (const [who, become] of Object.entries(STRANGERS)) {
    it(`refuses every write of one ${who}, and changes nothing`, async () => {
      const store = await harness().open();
      const fence = await lead(store);
      await prepare(store, fence);
      const before = await readAll(store);
      const stranger = await become(harness, store, fence);
      for (const [what, write] of Object.entries(WRITES)) {
        await expect(write(store, stranger), what).rejects.toMatchObject({ code: 'P403' });
      }
      expect(await readAll(store)).toEqual(before);
    });
  }

  it('refuses every write before there was a leader', async () => {
    const store = await harness().open();
    for (const [what, write] of Object.entries(WRITES)) {
      const refused = write(store, { holder: '', epoch: 0 });
      await expect(refused, what).rejects.toMatchObject({ code: 'P403' });
    }
    expect(await store.journal.readRecorded(toTargetRef('alpha'))).toEqual(NOTHING_RECORDED);
  });

  it('lets the leader do each of these writes', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    await prepare(store, fence);
    for (const [what, write] of Object.entries(WRITES)) {
      await expect(write(store, fence), what).resolves.not.toThrow();
    }
  });
}

async function prepare(store: ZoneStore, fence: Fence): Promise<void> {
  await store.admissions.admit(fence, makeAdmission(1, [makeForm('alpha', 0)]));
  await store.journal.openIntent(fence, OPEN);
  const done = makeIntent('gamma', 0);
  await store.journal.openIntent(fence, done);
  await store.journal.recordOutcome(fence, makeOutcome(done));
}

async function readAll(store: ZoneStore): Promise<unknown> {
  return {
    admission: await store.admissions.readLatest(),
    open: await store.journal.listOpenIntents(),
    recorded: await store.journal.listRecorded(),
    pending: await store.outbox.listPending(100),
    backlog: await store.outbox.readBacklog(),
    tail: await store.outbox.readTail(),
  };
}
