import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryCounters } from '../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../reconciler/adapters/counters/memory/tables.ts';
import type {
  CounterDelta,
  CounterEntry,
} from '../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import { compareCounters, sumCounters } from '../../reconciler/core/serving/sum-counters.ts';
import type { Counters } from '../../reconciler/ports/counters.ts';
import { makeDelta, makeEntry, toVersion } from '../support/counter-samples.ts';

export type CountersHarness = {
  readonly counters: Counters;
  /** Opens them again on the same durable state, as after a crash of the process. */
  restart(): Promise<Counters>;
};

export type CountersSubject = {
  readonly name: string;
  create(): Promise<CountersHarness>;
  /** How many random histories are tried: a database is slower than a map. */
  readonly histories: number;
};

/** What every store of counts promises. */
export function describeCounters(subject: CountersSubject): void {
  describe(`counters: ${subject.name}`, () => {
    let harness: CountersHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    describeSums(() => harness);
    describeRefusals(() => harness);
    describeHistories(subject);
  });
}

function describeSums(harness: () => CountersHarness): void {
  it('sums by endpoint, version and route revision, also after a restart', async () => {
    const { counters } = harness();
    expect(await counters.readTotals(null)).toEqual([]);
    const later = makeEntry({ routeRevision: 2 });
    const other = makeEntry({ endpoint: 'lending/score', version: toVersion('b') });
    expect(await counters.accept(makeDelta(1, [makeEntry(), later]))).toBe('accepted');
    expect(await counters.accept(makeDelta(2, [makeEntry(), other]))).toBe('accepted');
    const double = makeEntry({
      ...{ requests: 6, rows: 8, positives: 2, errors: 2, score: [2, 6], latency: [6, 0, 0] },
      features: [
        { counts: [2, 2, 2], null: 2, nonFinite: 0 },
        { counts: [8], null: 0, nonFinite: 2 },
      ],
    });
    const expected = [other, double, later];
    expect(await counters.readTotals(null)).toEqual(expected);
    const restarted = await harness().restart();
    expect(await restarted.readTotals(null)).toEqual(expected);
    expect(await restarted.readTotals('payments/fraud')).toEqual([double, later]);
    expect(await restarted.readTotals('payments/none')).toEqual([]);
  });

  it('counts the same boot and sequence once, also after a restart', async () => {
    const { counters } = harness();
    const delta = makeDelta(1, [makeEntry()]);
    expect(await counters.accept(delta)).toBe('accepted');
    expect(await counters.accept(delta)).toBe('known');
    const restarted = await harness().restart();
    expect(await restarted.accept(delta)).toBe('known');
    expect(await restarted.accept({ ...delta, boot: 'boot-2' })).toBe('accepted');
    expect(await restarted.accept({ ...delta, node: 'serve-ae-2' })).toBe('accepted');
    expect((await counters.readTotals(null))[0]?.requests).toBe(9);
  });

  it('knows what it took before a gap was filled', async () => {
    const { counters } = harness();
    for (const sequence of [3, 1, 5]) await counters.accept(makeDelta(sequence, [makeEntry()]));
    expect(await counters.accept(makeDelta(2, [makeEntry()]))).toBe('accepted');
    for (const sequence of [1, 2, 3, 5]) {
      expect(await counters.accept(makeDelta(sequence, [makeEntry()]))).toBe('known');
    }
    expect(await counters.accept(makeDelta(4, [makeEntry()]))).toBe('accepted');
    expect((await counters.readTotals(null))[0]?.requests).toBe(15);
  });

  it('adds up entries of one key in one delta, and takes an empty delta', async () => {
    const { counters } = harness();
    expect(await counters.accept(makeDelta(1, [makeEntry(), makeEntry()]))).toBe('accepted');
    expect(await counters.accept(makeDelta(2, []))).toBe('accepted');
    expect(await counters.accept(makeDelta(2, []))).toBe('known');
    expect((await counters.readTotals(null))[0]?.requests).toBe(6);
  });

  it('takes one of many that come at once', async () => {
    const { counters } = harness();
    const delta = makeDelta(1, [makeEntry()]);
    const answers = await Promise.all(Array.from({ length: 8 }, () => counters.accept(delta)));
    expect(answers.filter((answer) => answer === 'accepted')).toHaveLength(1);
    expect(await counters.readTotals(null)).toEqual([makeEntry()]);
  });
}

function describeRefusals(harness: () => CountersHarness): void {
  it.each<readonly [string, Partial<CounterEntry>]>([
    ['another number of features', { features: [] }],
    ['other cells of a feature', { features: [...makeEntry().features].reverse() }],
    ['other cells of the score', { score: [1] }],
    ['other cells of the latency', { latency: [] }],
    ['other cells at a later route revision', { routeRevision: 9, score: [1, 2, 3] }],
    ['a sum beyond 2^53', { requests: Number.MAX_SAFE_INTEGER }],
  ])('refuses %s, adds nothing, and takes the sequence later', async (_, change) => {
    const { counters } = harness();
    await counters.accept(makeDelta(1, [makeEntry()]));
    const stranger = makeEntry({ endpoint: 'a/first', version: toVersion('c'), score: [7] });
    const bad = makeDelta(2, [stranger, makeEntry(change)]);
    await expect(counters.accept(bad)).rejects.toMatchObject({ code: 'P703', remedy: 'stop' });
    expect(await counters.readTotals(null)).toEqual([makeEntry()]);
    const good = makeDelta(2, [makeEntry({ version: toVersion('c'), score: [1, 2, 3] })]);
    expect(await counters.accept(good)).toBe('accepted');
  });

  it('refuses two shapes of one version in one delta', async () => {
    const { counters } = harness();
    const delta = makeDelta(1, [makeEntry(), makeEntry({ routeRevision: 2, score: [] })]);
    await expect(counters.accept(delta)).rejects.toMatchObject({ code: 'P703' });
    expect(await counters.readTotals(null)).toEqual([]);
  });
}

/** What several nodes counted, and the order in which it arrives: each once or more. */
type History = {
  readonly deltas: readonly CounterDelta[];
  readonly arrivals: readonly (readonly CounterDelta[])[];
};

const small = fc.nat({ max: 50 });
const entries = fc.array(
  fc
    .record({
      endpoint: fc.constantFrom('payments/fraud', 'lending/score'),
      version: fc.constantFrom(toVersion('a'), toVersion('b')),
      routeRevision: fc.integer({ min: 1, max: 2 }),
      requests: small,
      rows: small,
      score: fc.tuple(small, small),
      latency: fc.tuple(small, small, small),
    })
    .map(makeEntry),
  { maxLength: 4 },
);

const histories: fc.Arbitrary<History> = fc
  .array(fc.tuple(fc.constantFrom('node-1', 'node-2'), fc.constantFrom('x', 'y'), entries), {
    minLength: 1,
    maxLength: 12,
  })
  .map((counted) => {
    const sequences = new Map<string, number>();
    return counted.map(([node, boot, given]) => {
      const sequence = (sequences.get(`${node} ${boot}`) ?? 0) + 1;
      sequences.set(`${node} ${boot}`, sequence);
      return { ...makeDelta(sequence, given), node, boot };
    });
  })
  .chain((deltas) =>
    fc.record({
      deltas: fc.constant(deltas),
      arrivals: fc
        .tuple(
          fc.shuffledSubarray(deltas, { minLength: deltas.length }),
          fc.array(fc.constantFrom(...deltas), { maxLength: 12 }),
          fc.integer({ min: 1, max: 4 }),
        )
        .map(([all, again, width]) => toWaves([...again.slice(6), ...all, ...again], width)),
    }),
  );

/** Those of one wave arrive at the same time. */
function toWaves(deltas: readonly CounterDelta[], width: number) {
  return Array.from({ length: Math.ceil(deltas.length / width) }, (_, at) =>
    deltas.slice(at * width, (at + 1) * width),
  );
}

function describeHistories(subject: CountersSubject): void {
  it('gives the exact sums in whatever order, however often and together with what', async () => {
    const judge = async ({ deltas, arrivals }: History) => {
      const { counters } = await subject.create();
      const model = createMemoryCounters({ tables: createMemoryCounterTables() });
      let accepted = 0;
      for (const wave of arrivals) {
        const answers = await Promise.all(wave.map((delta) => counters.accept(delta)));
        for (const delta of wave) await model.accept(delta);
        accepted += answers.filter((answer) => answer === 'accepted').length;
      }
      const exact = sumCounters(deltas.flatMap((delta) => delta.entries));
      expect(await counters.readTotals(null)).toEqual([...exact].sort(compareCounters));
      expect(await counters.readTotals(null)).toEqual(await model.readTotals(null));
      expect(accepted).toBe(deltas.length);
    };
    await fc.assert(fc.asyncProperty(histories, judge), { numRuns: subject.histories });
  });
}
