/** A model's answers beside the truth: one score and one label, 0 or 1, for each row. */
export type LabelledScores = {
  readonly scores: Float32Array | Float64Array;
  readonly labels: Uint8Array;
};

/** Rows that share one score. */
export type TiedRows = {
  readonly positives: number;
  readonly negatives: number;
};

export function countClasses(labels: Uint8Array): TiedRows {
  let positives = 0;
  for (const label of labels) positives += label;
  return { positives, negatives: labels.length - positives };
}

/** From the lowest score to the highest. What ranks rows must not depend on the order of ties. */
export function groupByScore({ scores, labels }: LabelledScores): readonly TiedRows[] {
  const order = Uint32Array.from(scores, (_, row) => row);
  order.sort((left, right) => (scores[left] as number) - (scores[right] as number));
  const groups: { positives: number; negatives: number }[] = [];
  let former = Number.NaN;
  let group = { positives: 0, negatives: 0 };
  for (const row of order) {
    const score = scores[row] as number;
    if (score !== former) {
      group = { positives: 0, negatives: 0 };
      groups.push(group);
      former = score;
    }
    if (labels[row] === 1) group.positives += 1;
    else group.negatives += 1;
  }
  return groups;
}
