import type { LabelledScores } from '../../reconciler/core/evaluation/labelled-scores.ts';
import type { SliceColumn } from '../../reconciler/core/evaluation/measure-model.ts';
import { checkProbabilities } from './probe-model.ts';
import type { Scorer } from './scorer.ts';
import type { SplitName, Splits } from './splits.ts';

export type ScoredSplit = LabelledScores & {
  readonly scores: Float32Array;
  readonly slices: readonly SliceColumn[];
};

/** Every row once, in the order of the file, a batch at a time. */
export async function scoreSplit(
  deps: { readonly scorer: Scorer; readonly splits: Splits },
  split: SplitName,
  sliceColumns: readonly string[],
): Promise<ScoredSplit> {
  const rows = await deps.splits.count(split);
  const scores = new Float32Array(rows);
  const labels = new Uint8Array(rows);
  const slices = sliceColumns.map((column) => ({ column, values: [] as string[] }));
  let at = 0;
  for await (const batch of deps.splits.read(split, sliceColumns)) {
    const answered = await deps.scorer.score(batch.features);
    checkProbabilities(answered, `the ${split} rows`);
    scores.set(answered, at);
    labels.set(batch.labels, at);
    for (const [index, { values }] of slices.entries()) {
      for (const value of batch.slices[index] ?? []) values.push(value);
    }
    at += batch.labels.length;
  }
  return { scores, labels, slices };
}
