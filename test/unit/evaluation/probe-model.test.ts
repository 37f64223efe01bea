import { describe, expect, it } from 'vitest';
import { measureSingleRowMs, probeModel } from '../../../runners/evaluate/probe-model.ts';
import type { Scorer } from '../../../runners/evaluate/scorer.ts';

const FEATURES = 2;
const ROWS = Float32Array.of(1, 2, 3, 4, 5, 6);

/** A model in a few words: what it answers for a batch at its n-th call. */
function createScorer(answer: (row: Float32Array, call: number, rows: number) => number): Scorer {
  let calls = 0;
  return {
    loadMs: 0,
    async score(features) {
      calls += 1;
      const rows = features.length / FEATURES;
      return Float32Array.from({ length: rows }, (_, row) =>
        answer(features.slice(row * FEATURES, (row + 1) * FEATURES), calls, rows),
      );
    },
    async repeat() {},
    async close() {},
  };
}

const isGappy = (row: Float32Array) => row.some(Number.isNaN);

describe('a probe', () => {
  it('is content with a function from rows to probabilities', async () => {
    const scorer = createScorer((row) => (isGappy(row) ? 0.1 : 1 / (1 + (row[0] ?? 0))));
    await expect(probeModel(scorer, ROWS, FEATURES)).resolves.toBeUndefined();
  });

  it('allows a batch to differ in the last digit', async () => {
    const scorer = createScorer((_, __, rows) => (rows === 1 ? 0.5 : 0.5 + 5e-7));
    await expect(probeModel(scorer, ROWS, FEATURES)).resolves.toBeUndefined();
  });

  it.each<[string, Scorer, string]>([
    [
      'changes its mind',
      createScorer((_, call) => call / 1000),
      'differently when it is asked twice',
    ],
    ['minds the company', createScorer((_, __, rows) => 1 / rows), 'by itself differently'],
    ['has no answer', createScorer(() => Number.NaN), 'no finite number'],
    [
      'has no answer where a value is missing',
      createScorer((row) => (isGappy(row) ? Number.NaN : 0.5)),
      'missing values (NaN) too',
    ],
    ['answers with infinity', createScorer(() => Number.POSITIVE_INFINITY), 'no finite number'],
    ['answers below zero', createScorer(() => -0.01), 'outside 0 to 1'],
    ['answers above one', createScorer(() => 1.01), 'outside 0 to 1'],
  ])('refuses a model that %s', async (_, scorer, words) => {
    const message = expect.stringContaining(words);
    const probed = probeModel(scorer, ROWS, FEATURES);
    await expect(probed).rejects.toMatchObject({ code: 'P804', message });
  });
});

describe('the time of a single row', () => {
  it('is the 99th percentile, and the first call is left out', async () => {
    const elapsed = { ms: 0 };
    let call = 0;
    const scorer: Scorer = {
      ...createScorer(() => 0.5),
      async repeat(_, times) {
        call += 1;
        // Slow at first; later one block of a hundred is slower than all others.
        elapsed.ms += times * (call === 1 ? 500 : call === 50 ? 7 : call === 60 ? 3 : 1);
      },
    };
    expect(await measureSingleRowMs(scorer, () => elapsed.ms, ROWS)).toBe(3);
  });

  it('is measured for two seconds at most', async () => {
    const elapsed = { ms: 0 };
    let rows = 0;
    const scorer: Scorer = {
      ...createScorer(() => 0.5),
      async repeat(_, times) {
        rows += times;
        elapsed.ms += times * 100;
      },
    };
    expect(await measureSingleRowMs(scorer, () => elapsed.ms, ROWS)).toBe(100);
    expect(rows).toBeLessThan(40);
  });
});
