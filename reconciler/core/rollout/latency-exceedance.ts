import { findCell } from '../contracts/count-cell.ts';
import { LATENCY_EDGES_MS } from '../contracts/latency-edges.ts';
import { type EventPool, poolEvents } from './event-pool.ts';
import type { WeightEpoch } from './weight-epoch.ts';

/** At most one in twenty of the stable's earlier requests took as long as the cut. */
const ONE_IN = 20;

/** Fewer than these say little of the slowest twentieth. */
const MIN_EARLIER_REQUESTS = 100;

/** Where nothing earlier is known; any cut is fair that does not look at what it judges. */
const FIRST_CUT_MS = 100;

export type LatencyCut = {
  readonly weight: number;
  readonly fromMs: number;
};

export type LatencyExceedances = {
  readonly pools: readonly EventPool[];
  readonly cuts: readonly LatencyCut[];
};

type Stage = {
  readonly weight: number;
  readonly canary: readonly number[];
  readonly stable: readonly number[];
};

/**
 * Slow requests as events that happen or do not. What is slow in a stage follows from the stable's
 * counts of the stages before it alone: a cut that knew what it judges would be no fair one.
 */
export function countExceedances(epochs: readonly WeightEpoch[]): LatencyExceedances {
  let earlier: readonly number[] = new Array<number>(LATENCY_EDGES_MS.length + 1).fill(0);
  const events: EventPool[] = [];
  const cuts: LatencyCut[] = [];
  for (const { weight, canary, stable } of toStages(epochs)) {
    const cell = findCutCell(earlier);
    events.push({ weight, canary: countFrom(canary, cell), stable: countFrom(stable, cell) });
    if (weight > 0) cuts.push({ weight, fromMs: LATENCY_EDGES_MS[cell - 1] as number });
    earlier = addCells(earlier, stable);
  }
  return { pools: poolEvents(events), cuts };
}

/** Epochs of one weight that follow each other are one stage, whoever cut them in two. */
function toStages(epochs: readonly WeightEpoch[]): readonly Stage[] {
  const stages: Stage[] = [];
  for (const epoch of epochs) {
    const stage = toStage(epoch);
    if (stage === null) continue;
    const last = stages.at(-1);
    if (last?.weight !== stage.weight) stages.push(stage);
    else {
      const canary = addCells(last.canary, stage.canary);
      stages.splice(-1, 1, { ...last, canary, stable: addCells(last.stable, stage.stable) });
    }
  }
  return stages;
}

/** Null for an epoch that does not say, and for one without requests. */
function toStage({ weight, canary, stable }: WeightEpoch): Stage | null {
  const ofStable = stable?.latency ?? null;
  // Before the rollout there is no canary, and its counts are not asked for.
  const ofCanary = weight === 0 ? ofStable?.map(() => 0) : canary?.latency;
  if (ofStable === null || ofCanary === null || ofCanary === undefined) return null;
  const stage = { weight, canary: ofCanary, stable: ofStable };
  return countFrom(ofCanary, 0) + countFrom(ofStable, 0) === 0 ? null : stage;
}

/** The first cell that, with all above it, holds at most a twentieth; the last one if none does. */
function findCutCell(earlier: readonly number[]): number {
  const requests = countFrom(earlier, 0);
  if (requests < MIN_EARLIER_REQUESTS) return findCell(LATENCY_EDGES_MS, FIRST_CUT_MS);
  const last = LATENCY_EDGES_MS.length;
  let cell = 1;
  while (cell < last && countFrom(earlier, cell) * ONE_IN > requests) cell += 1;
  return cell;
}

function countFrom(cells: readonly number[], first: number): number {
  return cells.slice(first).reduce((sum, count) => sum + count, 0);
}

function addCells(left: readonly number[], right: readonly number[]): readonly number[] {
  return left.map((count, at) => count + (right[at] ?? 0));
}
