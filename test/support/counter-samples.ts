import type {
  CounterDelta,
  CounterEntry,
} from '../../reconciler/core/contracts/generated/counter-delta.generated.ts';

export const toVersion = (digit: string): string => `sha256:${digit.repeat(64)}`;

export function makeEntry(change: Partial<CounterEntry> = {}): CounterEntry {
  return {
    endpoint: 'payments/fraud',
    version: toVersion('a'),
    routeRevision: 1,
    requests: 3,
    rows: 4,
    positives: 1,
    errors: 1,
    features: [
      { counts: [1, 1, 1], null: 1, nonFinite: 0 },
      { counts: [4], null: 0, nonFinite: 1 },
    ],
    score: [1, 3],
    latency: [3, 0, 0],
    ...change,
  };
}

export function makeDelta(sequence: number, entries: readonly CounterEntry[]): CounterDelta {
  return { v: 1, zone: 'ae', node: 'serve-ae', boot: 'boot-1', sequence, entries };
}
