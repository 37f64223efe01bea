import { expect, it } from 'vitest';
import { NOTHING_RECORDED } from '../../../reconciler/core/plan/planner.ts';
import type { Intent } from '../../../reconciler/ports/store.ts';
import {
  makeAdmission,
  makeIntent,
  makeOutcome,
  toOutcomeInstant,
  toTargetRef,
} from '../../support/journal-samples.ts';
import type { GetHarness } from './harness.ts';
import { lead } from './lead.ts';

export function describeJournal(harness: GetHarness): void {
  describeIntents(harness);
  describeOutcomes(harness);
  describeWrongOutcomes(harness);
  describeRecorded(harness);
}

function describeIntents(harness: GetHarness): void {
  it('lists open intents whole, in the order of their opening', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    expect(await store.journal.listOpenIntents()).toEqual([]);
    const intents = ['gamma', 'alpha', 'beta'].map((name) => makeIntent(name, 0));
    for (const intent of intents)
      expect(await store.journal.openIntent(fence, intent)).toBe('open');
    const expected = intents.map((intent) => ({ ...intent, epoch: 1 }));
    expect(await store.journal.listOpenIntents()).toEqual(expected);
    expect(await (await harness().open()).journal.listOpenIntents()).toEqual(expected);
  });

  it('opens an intent once and keeps its first content and place', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const [first, second] = [makeIntent('alpha', 0), makeIntent('beta', 0)];
    await store.journal.openIntent(fence, first);
    await store.journal.openIntent(fence, second);
    const again: Intent = { ...first, admissionSequence: 9, revision: 'b'.repeat(40) };
    expect(await store.journal.openIntent(fence, again)).toBe('open');
    const open = await store.journal.listOpenIntents();
    expect(open).toEqual([first, second].map((intent) => ({ ...intent, epoch: 1 })));
  });

  it('opens nothing new that was decided under an earlier admission', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const begun = makeIntent('alpha', 0);
    await store.admissions.admit(fence, makeAdmission(1, []));
    expect(await store.journal.openIntent(fence, begun)).toBe('open');
    await store.admissions.admit(fence, makeAdmission(2, []));
    expect(await store.journal.openIntent(fence, makeIntent('beta', 0))).toBe('superseded');
    expect(await store.journal.openIntent(fence, begun)).toBe('open');
    const current: Intent = { ...makeIntent('beta', 0), admissionSequence: 2 };
    expect(await store.journal.openIntent(fence, current)).toBe('open');
    expect(await store.journal.listOpenIntents()).toHaveLength(2);
  });

  it('hands an open intent to the epoch that opens it again', async () => {
    const store = await harness().open();
    const old = await lead(store);
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(old, intent);
    await harness().expireLease();
    const fence = await lead(store, 'second');
    expect(await store.journal.listOpenIntents()).toEqual([{ ...intent, epoch: 1 }]);
    expect(await store.journal.openIntent(fence, intent)).toBe('open');
    expect(await store.journal.listOpenIntents()).toEqual([{ ...intent, epoch: 2 }]);
  });

  it('says terminal for an effect that has an outcome, whatever the outcome', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    for (const outcome of ['succeeded', 'failed', 'abandoned'] as const) {
      const intent = makeIntent(outcome, 0);
      await store.journal.openIntent(fence, intent);
      await store.journal.recordOutcome(fence, makeOutcome(intent, { outcome }));
      expect(await store.journal.openIntent(fence, intent)).toBe('terminal');
    }
    expect(await store.journal.listOpenIntents()).toEqual([]);
  });
}

function describeOutcomes(harness: GetHarness): void {
  it('seals records in one chain, from 1 and without gaps', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    let prev: string | null = null;
    for (const [at, name] of ['alpha', 'beta', 'gamma'].entries()) {
      const intent = makeIntent(name, 0);
      await store.journal.openIntent(fence, intent);
      const { record, digest } = await store.journal.recordOutcome(fence, makeOutcome(intent));
      expect(record).toMatchObject({ v: 1, seq: at + 1, prev, effectId: intent.effect.id });
      prev = digest;
    }
  });

  it('records an outcome once and returns the first record ever after', async () => {
    const store = await harness().open();
    const old = await lead(store);
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(old, intent);
    const first = await store.journal.recordOutcome(old, makeOutcome(intent, { atMs: 5 }));
    await harness().expireLease();
    const fence = await lead(store, 'second');
    const repeated = makeOutcome(intent, { outcome: 'failed', epoch: 2, atMs: 9 });
    expect(await store.journal.recordOutcome(fence, repeated)).toEqual(first);
    expect(await store.outbox.listPending(10)).toHaveLength(1);
    const recorded = await store.journal.readRecorded(intent.effect.ref);
    expect(recorded).toMatchObject({ terminalEffects: 1, last: { outcome: 'succeeded' } });
  });

  it('keeps the chain whole when many outcomes arrive at once, by two handles', async () => {
    const stores = [await harness().open(), await harness().open()] as const;
    const fence = await lead(stores[0]);
    const intents = Array.from({ length: 24 }, (_, at) => makeIntent(`many-${at}`, 0));
    for (const intent of intents) await stores[0].journal.openIntent(fence, intent);
    const sealed = await Promise.all(
      // Each twice, once by each handle.
      [...intents, ...intents].map((intent, at) =>
        stores[at % 2 === 0 ? 0 : 1].journal.recordOutcome(fence, makeOutcome(intent)),
      ),
    );
    const bySeq = new Map(sealed.map((record) => [record.record.seq, record]));
    expect([...bySeq.keys()].sort((a, b) => a - b)).toEqual(intents.map((_, at) => at + 1));
    for (const { record } of bySeq.values()) {
      expect(record.prev).toBe(bySeq.get(record.seq - 1)?.digest ?? null);
    }
    const rows = await stores[1].outbox.listPending(100);
    expect(rows.map((row) => row.sealed)).toEqual(intents.map((_, at) => bySeq.get(at + 1)));
  });
}

function describeWrongOutcomes(harness: GetHarness): void {
  it('throws for an outcome whose intent was never opened, and gives no number away', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const intent = makeIntent('alpha', 0);
    const lost = store.journal.recordOutcome(fence, makeOutcome(intent));
    await expect(lost).rejects.toThrow('outcome without intent');
    expect(await store.outbox.readTail()).toBeNull();
    await store.journal.openIntent(fence, intent);
    const { record } = await store.journal.recordOutcome(fence, makeOutcome(intent));
    expect(record.seq).toBe(1);
  });

  it('throws for an outcome under the name of another resource', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(fence, intent);
    const { draft, ...rest } = makeOutcome(intent);
    const wrong = { ...rest, draft: { ...draft, ref: toTargetRef('beta') } };
    const recording = store.journal.recordOutcome(fence, wrong);
    await expect(recording).rejects.toThrow('outcome without intent');
    expect(await store.journal.listRecorded()).toEqual([]);
  });

  it('throws for an outcome with a time that is none', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(fence, intent);
    const { draft, ...rest } = makeOutcome(intent);
    const recording = store.journal.recordOutcome(fence, {
      ...rest,
      draft: { ...draft, at: 'yesterday' },
    });
    await expect(recording).rejects.toThrow('bad time');
    expect(await store.journal.listOpenIntents()).toHaveLength(1);
  });
}

function describeRecorded(harness: GetHarness): void {
  it('knows nothing of a resource without a terminal effect', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    await store.journal.openIntent(fence, makeIntent('alpha', 0));
    expect(await store.journal.readRecorded(toTargetRef('alpha'))).toEqual(NOTHING_RECORDED);
    expect(await store.journal.listRecorded()).toEqual([]);
  });

  it('tells the last effect from the last that succeeded', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const outcomes = ['failed', 'succeeded', 'abandoned', 'failed'] as const;
    const toSummary = (occurrence: number) => `what came of it, time ${occurrence}`;
    for (const [occurrence, outcome] of outcomes.entries()) {
      const intent = makeIntent('alpha', occurrence);
      await store.journal.openIntent(fence, intent);
      const options = { outcome, atMs: occurrence } as const;
      const made = makeOutcome(intent, options);
      await store.journal.recordOutcome(fence, { ...made, summary: toSummary(occurrence) });
    }
    const [achieved, last] = [makeIntent('alpha', 1).effect, makeIntent('alpha', 3).effect];
    const toExpected = ({ id, action, targetDigest }: Intent['effect']) => ({
      effectId: id,
      action,
      targetDigest,
    });
    const expected = {
      terminalEffects: 4,
      failures: 1,
      last: {
        ...toExpected(last),
        outcome: 'failed',
        live: null,
        at: toOutcomeInstant(3),
        summary: toSummary(3),
      },
      achieved: {
        ...toExpected(achieved),
        outcome: 'succeeded',
        live: achieved.target,
        at: toOutcomeInstant(1),
        summary: toSummary(1),
      },
    };
    expect(await store.journal.readRecorded(toTargetRef('alpha'))).toEqual(expected);
    expect(await (await harness().open()).journal.readRecorded(toTargetRef('alpha'))).toEqual(
      expected,
    );
  });

  it('counts how often in a row one target was not reached', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const seen: number[] = [];
    const outcomes = ['failed', 'failed', 'abandoned', 'failed', 'succeeded', 'failed'] as const;
    for (const [occurrence, outcome] of outcomes.entries()) {
      const { effect, ...rest } = makeIntent('alpha', occurrence);
      // The same target each time: only then it is one thing that fails again and again.
      const targetDigest = makeIntent('alpha', 0).effect.targetDigest;
      const intent = { ...rest, effect: { ...effect, targetDigest } };
      await store.journal.openIntent(fence, intent);
      await store.journal.recordOutcome(fence, makeOutcome(intent, { outcome }));
      seen.push((await store.journal.readRecorded(effect.ref)).failures);
    }
    expect(seen).toEqual([1, 2, 0, 1, 0, 1]);
  });

  it('has achieved nothing when nothing succeeded', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    const intent = makeIntent('alpha', 0);
    await store.journal.openIntent(fence, intent);
    await store.journal.recordOutcome(fence, makeOutcome(intent, { outcome: 'failed' }));
    const recorded = await store.journal.readRecorded(intent.effect.ref);
    expect(recorded).toMatchObject({ terminalEffects: 1, achieved: null });
  });

  it('lists what it would read of each resource', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    for (const name of ['gamma', 'alpha', 'beta']) {
      const intent = makeIntent(name, 0);
      await store.journal.openIntent(fence, intent);
      await store.journal.recordOutcome(fence, makeOutcome(intent));
    }
    const listed = await store.journal.listRecorded();
    expect(listed.map(({ ref }) => ref.name)).toEqual(['alpha', 'beta', 'gamma']);
    for (const { ref, recorded } of listed) {
      expect(recorded).toEqual(await store.journal.readRecorded(ref));
    }
  });
}
