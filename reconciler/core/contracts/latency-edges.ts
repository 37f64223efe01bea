/** Cells of every latency count, in milliseconds: cell k holds durations at or above k edges. */
export const LATENCY_EDGES_MS: readonly number[] = [
  0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000,
];
