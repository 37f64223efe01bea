/** How often each cell was counted: in the reference, and in what is judged. */
export type CellPair = {
  readonly reference: readonly number[];
  readonly window: readonly number[];
};

export function sumCells(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
