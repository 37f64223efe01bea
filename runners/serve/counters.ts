import { MAX_DELTA_ENTRIES } from '../../reconciler/core/contracts/control-message.ts';
import { findCell } from '../../reconciler/core/contracts/count-cell.ts';
import type {
  CounterEntry,
  FeatureCounts,
} from '../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import type { DriftReference } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { LATENCY_EDGES_MS } from '../../reconciler/core/contracts/latency-edges.ts';
import { toCounterKey } from '../../reconciler/core/serving/sum-counters.ts';

/** What is counted of one answered request. Nothing of it is kept but the counts. */
export type CountedAnswer = {
  readonly rows: number;
  /** Row-major in the order of the contract; null when the model does not take features as such. */
  readonly features: ArrayLike<number> | null;
  readonly scores: ArrayLike<number>;
  readonly threshold: number;
  readonly latencyMs: number;
};

/** Counts for one version of one endpoint under one route table. */
export type CounterRecorder = {
  readonly recordAnswer: (answer: CountedAnswer) => void;
  readonly recordError: (latencyMs: number) => void;
};

export type CounterCollector = {
  readonly createRecorder: (of: {
    readonly endpoint: string;
    readonly version: string;
    readonly routeRevision: number;
    readonly reference: DriftReference;
  }) => CounterRecorder;
  /** What was counted since the last call; from then on that is the caller's to keep. */
  readonly takeDelta: () => readonly CounterEntry[];
};

type Place = {
  readonly endpoint: string;
  readonly version: string;
  readonly routeRevision: number;
  readonly reference: DriftReference;
};

type Tally = {
  readonly place: Place;
  requests: number;
  rows: number;
  positives: number;
  errors: number;
  readonly features: readonly FeatureTally[];
  readonly score: number[];
  readonly latency: number[];
};

type FeatureTally = { readonly counts: number[]; missing: number; nonFinite: number };

/** Counts are swapped, never reset: an answer is in one delta, whole. */
export function createCounterCollector(): CounterCollector {
  /** By place as text: the same table may be applied again, which makes new recorders. */
  const dirty = new Map<string, Tally>();
  const tallyOf = (key: string, place: Place): Tally => {
    const there = dirty.get(key);
    if (there !== undefined) return there;
    const fresh = createTally(place);
    dirty.set(key, fresh);
    return fresh;
  };
  return {
    createRecorder(place) {
      const key = toCounterKey(place);
      return {
        recordAnswer: (answer) => addAnswer(tallyOf(key, place), place.reference, answer),
        recordError(latencyMs) {
          const tally = tallyOf(key, place);
          tally.requests += 1;
          tally.errors += 1;
          increment(tally.latency, findCell(LATENCY_EDGES_MS, latencyMs));
        },
      };
    },
    takeDelta() {
      // The rest goes with the next.
      const taken = [...dirty].slice(0, MAX_DELTA_ENTRIES);
      for (const [key] of taken) dirty.delete(key);
      return taken.map(([, tally]) => toEntry(tally));
    },
  };
}

function createTally(place: Place): Tally {
  const { features, score } = place.reference;
  return {
    place,
    requests: 0,
    rows: 0,
    positives: 0,
    errors: 0,
    features: features.map(({ edges }) => ({
      counts: createCells(edges),
      missing: 0,
      nonFinite: 0,
    })),
    score: createCells(score.edges),
    latency: createCells(LATENCY_EDGES_MS),
  };
}

function createCells(edges: readonly number[]): number[] {
  return new Array<number>(edges.length + 1).fill(0);
}

function addAnswer(tally: Tally, reference: DriftReference, answer: CountedAnswer): void {
  const { rows, features, scores, threshold, latencyMs } = answer;
  tally.requests += 1;
  tally.rows += rows;
  increment(tally.latency, findCell(LATENCY_EDGES_MS, latencyMs));
  for (let row = 0; row < rows; row += 1) {
    const score = scores[row] as number;
    if (score >= threshold) tally.positives += 1;
    increment(tally.score, findCell(reference.score.edges, score));
  }
  if (features !== null) addFeatures(tally.features, reference, features);
}

function addFeatures(
  tallies: readonly FeatureTally[],
  reference: DriftReference,
  values: ArrayLike<number>,
): void {
  const width = tallies.length;
  for (let at = 0; at < values.length; at += 1) {
    const column = at % width;
    addValue(
      tallies[column] as FeatureTally,
      reference.features[column]?.edges ?? [],
      values[at] as number,
    );
  }
}

function addValue(tally: FeatureTally, edges: readonly number[], value: number): void {
  if (Number.isNaN(value)) tally.missing += 1;
  else if (Number.isFinite(value)) increment(tally.counts, findCell(edges, value));
  else tally.nonFinite += 1;
}

function increment(cells: number[], cell: number): void {
  cells[cell] = (cells[cell] ?? 0) + 1;
}

function toEntry(tally: Tally): CounterEntry {
  const { endpoint, version, routeRevision } = tally.place;
  const { requests, rows, positives, errors, score, latency } = tally;
  return {
    endpoint,
    version,
    routeRevision,
    requests,
    rows,
    positives,
    errors,
    features: tally.features.map(toFeatureCounts),
    score,
    latency,
  };
}

function toFeatureCounts({ counts, missing, nonFinite }: FeatureTally): FeatureCounts {
  return { counts, null: missing, nonFinite };
}
