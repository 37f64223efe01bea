/*
 * Measures what it costs to watch for drift: counting rows in the cells of a reference, as a node
 * does for every answer; adding up the counts of nodes; and judging a window of 1,000 rows. It does
 * not measure sending or storing counts, features with hundreds of categories, or a processor cache
 * that a model shares. The baseline of the first and the last is plain binning in typed arrays with
 * no branch, of the same rows; that of the second is adding typed arrays. Both count nothing else.
 */
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { CounterEntry } from '../../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import type { DriftReference } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { DriftSpec } from '../../../reconciler/core/drift/drift-spec.ts';
import { fitFeature, fitScore } from '../../../reconciler/core/drift/fit-reference.ts';
import { judgeWindow } from '../../../reconciler/core/drift/judge-window.ts';
import { addCounters } from '../../../reconciler/core/serving/sum-counters.ts';
import { createCounterCollector } from '../../../runners/serve/counters.ts';
import { type Bench, type BenchContext, type Figure, median, takeSeconds } from '../bench.ts';
import { binPlainly, type PlainEdges, toPlainEdges } from './plain-binning.ts';

const ROWS = 1_000_000;
const FEATURES = 20;
const BATCH_ROWS = 1_000;
const ROUNDS = 5;
const NODE_DELTAS = 20_000;
const WINDOWS = 2_000;
const REFERENCE_ROWS = 50_000;

const SPEC: DriftSpec = {
  effect: { warn: 0.1, retrain: 0.2, aggregate: { kind: 'max' } },
  falseAlarmBudget: { windows: 180 },
  quality: { nullRate: 0.02, unseenRate: 0.01, nonFiniteRate: 0 },
};

export const drift: Bench = {
  name: 'drift',
  cases: [
    { name: 'rows-1m-20', measure: measureRows },
    { name: 'counters', measure: measureCounters },
    { name: 'judge', measure: measureJudge },
  ],
};

type Sample = {
  readonly reference: DriftReference;
  readonly edges: PlainEdges;
  /** Row-major, as requests bring them. */
  readonly values: Float32Array;
  readonly scores: Float32Array;
};

async function measureRows({ seed, note }: BenchContext): Promise<readonly Figure[]> {
  const { reference, edges, values, scores } = makeSample(seed, ROWS);
  const counted = countRows(reference, values, scores).features.flatMap(({ counts }) => counts);
  const isSame = binPlainly(edges, values).every((count, cell) => count === counted[cell]);
  if (!isSame) throw new Error('the baseline counts something else');
  const { ours, plain } = await takeTurns(
    () => countRows(reference, values, scores),
    () => binPlainly(edges, values),
  );
  note(`${FEATURES} features of ${edges.perFeature + 1} cells, answers of ${BATCH_ROWS} rows`);
  return toFigures(ours, plain, ROWS);
}

async function measureCounters({ seed, note }: BenchContext): Promise<readonly Figure[]> {
  const { reference, values, scores } = makeSample(seed, BATCH_ROWS);
  const delta = countRows(reference, values, scores);
  const plainDelta = Float64Array.from(delta.features.flatMap(({ counts }) => counts));
  const { ours, plain } = await takeTurns(
    () => {
      let sum = delta;
      for (let added = 0; added < NODE_DELTAS; added += 1) sum = addCounters(sum, delta);
    },
    () => {
      const sum = new Float64Array(plainDelta.length);
      for (let added = 0; added < NODE_DELTAS; added += 1) {
        for (let cell = 0; cell < sum.length; cell += 1) {
          sum[cell] = (sum[cell] as number) + (plainDelta[cell] as number);
        }
      }
    },
  );
  note(`counts of ${plainDelta.length} cells, one version`);
  return toFigures(ours, plain, NODE_DELTAS);
}

async function measureJudge({ seed, note }: BenchContext): Promise<readonly Figure[]> {
  const { reference, edges, values, scores } = makeSample(seed, BATCH_ROWS);
  const counts = countRows(reference, values, scores);
  const window = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', counts };
  const { ours, plain } = await takeTurns(
    () => {
      let state = judgeWindow(SPEC, reference, window, null).state;
      for (let judged = 1; judged < WINDOWS; judged += 1) {
        state = judgeWindow(SPEC, reference, window, state).state;
      }
    },
    () => {
      for (let binned = 0; binned < WINDOWS; binned += 1) binPlainly(edges, values);
    },
  );
  note(`windows of ${BATCH_ROWS} rows and ${FEATURES} features, with digests and records`);
  return toFigures(ours, plain, WINDOWS);
}

/** In turns, since other work on the machine comes and goes; the first round warms up. */
async function takeTurns(
  work: () => unknown,
  baseline: () => unknown,
): Promise<{ readonly ours: number; readonly plain: number }> {
  const seconds: { ours: number[]; plain: number[] } = { ours: [], plain: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const plain = await takeSeconds(baseline);
    const ours = await takeSeconds(work);
    if (round === 0) continue;
    seconds.plain.push(plain);
    seconds.ours.push(ours);
  }
  return { ours: median(seconds.ours), plain: median(seconds.plain) };
}

function toFigures(ours: number, plain: number, things: number): readonly Figure[] {
  return [
    { metric: 'seconds', value: ours, baseline: plain, n: ROUNDS },
    { metric: 'per_second', value: things / ours, baseline: things / plain, n: ROUNDS },
  ];
}

function countRows(
  reference: DriftReference,
  values: Float32Array,
  scores: Float32Array,
): CounterEntry {
  const collector = createCounterCollector();
  const place = { endpoint: 'payments/fraud', version: 'v1', routeRevision: 1, reference };
  const recorder = collector.createRecorder(place);
  for (let first = 0; first < scores.length; first += BATCH_ROWS) {
    recorder.recordAnswer({
      rows: BATCH_ROWS,
      features: values.subarray(first * FEATURES, (first + BATCH_ROWS) * FEATURES),
      scores: scores.subarray(first, first + BATCH_ROWS),
      threshold: 0.5,
      latencyMs: 1,
    });
  }
  const [entry] = collector.takeDelta();
  if (entry === undefined) throw new Error('nothing was counted');
  return entry;
}

function makeSample(seed: number, rows: number): Sample {
  const randomness = createSeededRandomness(seed);
  const draw = (count: number) =>
    Float32Array.from({ length: count }, () => randomness.fraction() + randomness.fraction());
  const features = Array.from({ length: FEATURES }, (_, at) =>
    fitFeature({ name: `feature-${at}`, kind: 'number', categories: [] }, draw(REFERENCE_ROWS)),
  );
  const score = fitScore(draw(REFERENCE_ROWS));
  return {
    reference: { rows: REFERENCE_ROWS, features, score },
    edges: toPlainEdges(features.map(({ edges }) => edges)),
    values: draw(rows * FEATURES),
    scores: draw(rows),
  };
}
