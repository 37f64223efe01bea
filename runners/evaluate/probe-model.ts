import type { Stopwatch } from '../../reconciler/ports/clock.ts';
import { refuse } from './refuse.ts';
import type { Scorer } from './scorer.ts';

/** Float32 has about seven digits; batches may add in another order. */
const TOLERANCE = 1e-6;

/** The single-row time is measured for so long, or so often. */
const MEASURE_MS = 2_000;
const TIMED_BLOCKS = 100;
const BLOCK_ROWS = 10;

/** Whether a model is a function at all: the same row, the same probability, in any company. */
export async function probeModel(
  scorer: Scorer,
  rows: Float32Array,
  features: number,
): Promise<void> {
  const batch = Float32Array.from([...rows, ...toGappy(rows, features)]);
  const together = await scorer.score(batch);
  checkProbabilities(together, 'a probe');
  const again = await scorer.score(batch);
  if (together.some((score, row) => score !== again[row])) {
    throw refuse('the model scores the same rows differently when it is asked twice');
  }
  for (const [row, score] of together.entries()) {
    const [alone] = await scorer.score(batch.slice(row * features, (row + 1) * features));
    if (Math.abs((alone ?? Number.NaN) - score) <= TOLERANCE) continue;
    throw refuse('the model scores a row by itself differently than the same row in a batch');
  }
}

/** The same rows with gaps, a row of nothing but gaps, and one of zeros. */
function toGappy(rows: Float32Array, features: number): readonly number[] {
  const gappy = [...rows].map((value, at) => {
    const row = Math.floor(at / features);
    return (at + row) % 3 === 0 ? Number.NaN : value;
  });
  return [
    ...gappy,
    ...new Array<number>(features).fill(Number.NaN),
    ...new Array<number>(features).fill(0),
  ];
}

/** `where` names the rows, and no value of theirs. */
export function checkProbabilities(scores: Float32Array, where: string): void {
  for (const score of scores) {
    if (score >= 0 && score <= 1) continue;
    const what = Number.isFinite(score) ? 'a number outside 0 to 1' : 'no finite number';
    const advice = 'every row, with missing values (NaN) too, must get a probability';
    throw refuse(`the model answers ${what} for a row of ${where}: ${advice}`);
  }
}

/**
 * The 99th percentile of what a row takes by itself, in milliseconds. Rows are timed ten at a
 * time, so that the way to the other process and back weighs little.
 */
export async function measureSingleRowMs(
  scorer: Scorer,
  stopwatch: Stopwatch,
  row: Float32Array,
): Promise<number> {
  // The first call allocates and decides; it is nobody's usual call.
  await scorer.repeat(row, 1);
  const startedAt = stopwatch();
  const times: number[] = [];
  while (times.length < TIMED_BLOCKS && stopwatch() - startedAt < MEASURE_MS) {
    const blockAt = stopwatch();
    await scorer.repeat(row, BLOCK_ROWS);
    times.push((stopwatch() - blockAt) / BLOCK_ROWS);
  }
  times.sort((left, right) => left - right);
  return times[Math.ceil(times.length * 0.99) - 1] ?? 0;
}
