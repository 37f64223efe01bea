/** One measured value of a case. The baseline is what the same run measured for the other way. */
export type Figure = {
  readonly metric:
    | ('seconds' | 'ms' | 'per_second' | 'p50_ms' | 'p95_ms' | 'p99_ms' | 'peak_mb')
    | ('errors' | 'cpu_cores');
  readonly value: number;
  readonly baseline: number | null;
  /** How many repetitions or things the value stands for. */
  readonly n: number;
};

export type BenchContext = {
  readonly seed: number;
  /** What a reader must know to judge the figures, such as sizes; it goes beside them. */
  readonly note: (text: string) => void;
};

export type BenchCase = {
  readonly name: string;
  readonly measure: (context: BenchContext) => Promise<readonly Figure[]>;
};

export type Bench = { readonly name: string; readonly cases: readonly BenchCase[] };

export async function takeSeconds(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

/** The nearest rank: one of the values that were measured, never between two of them. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error('a percentile of nothing');
  return value;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}
