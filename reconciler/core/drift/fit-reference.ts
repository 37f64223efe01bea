import { findCell } from '../contracts/count-cell.ts';
import type {
  ContractFeature,
  DriftReferenceScore,
  ReferenceFeature,
} from '../contracts/generated/model-manifest.generated.ts';

/** Cells of a number: enough to see a shift, few enough to see it in some hundred rows. */
const CELLS = 10;

/** Edges go to Git: three digits say enough, and no value of a row stands there. */
const DIGITS = 3;

/** A cell of fewer rows would point at single ones. */
const MIN_CELL_ROWS = 10;

/** A manifest's bound; the last cell takes the categories beyond it. */
const MAX_EDGES = 255;

/** One feature's distribution over the training rows; NaN stands for a missing value. */
export function fitFeature(
  feature: Pick<ContractFeature, 'name' | 'kind' | 'categories'>,
  values: Float32Array,
): ReferenceFeature {
  const { name, kind, categories } = feature;
  const finite = toSortedFinite(values);
  const missing = countMissing(values);
  const edges = kind === 'category' ? toCategoryEdges(categories.length) : toEdges(finite);
  return {
    name,
    kind,
    edges,
    counts: countCells(edges, finite),
    null: missing,
    nonFinite: values.length - finite.length - missing,
  };
}

/** The model's own answers over the training rows. */
export function fitScore(scores: Float32Array): DriftReferenceScore {
  const finite = toSortedFinite(scores);
  const edges = toEdges(finite);
  return { edges, counts: countCells(edges, finite) };
}

function toSortedFinite(values: Float32Array): Float32Array {
  return values.filter(Number.isFinite).sort();
}

function countMissing(values: Float32Array): number {
  return values.reduce((count, value) => (Number.isNaN(value) ? count + 1 : count), 0);
}

/** Positions are numbers: cell 0 holds the unknown (-1), cell k + 1 the category at position k. */
function toCategoryEdges(categories: number): readonly number[] {
  return Array.from({ length: Math.min(categories, MAX_EDGES) }, (_, position) => position);
}

/** Cells of equally many rows, as far as the values allow. */
function toEdges(sorted: Float32Array): readonly number[] {
  const rows = sorted.length;
  const candidates = Array.from({ length: CELLS - 1 }, (_, index) =>
    toRounded(sorted[Math.floor(((index + 1) * rows) / CELLS)] ?? 0),
  );
  const edges = toDividing(candidates, sorted);
  return edges.length > 0 ? edges : toRareEdge(sorted);
}

/** Where nearly all rows hold the least value, the rest is what can grow. */
function toRareEdge(sorted: Float32Array): readonly number[] {
  const least = sorted[0] ?? 0;
  const next = sorted.find((value) => value > least);
  if (next === undefined) return [];
  const [edge] = toDividing([toRounded(next)], sorted);
  if (edge === undefined) return [];
  const [, above = 0] = countCells([edge], sorted);
  return above >= MIN_CELL_ROWS ? [edge] : [];
}

/** Ascending, each with rows on either side of it: an empty cell could only ever be divided by. */
function toDividing(candidates: readonly number[], sorted: Float32Array): readonly number[] {
  const edges: number[] = [];
  let below = 0;
  for (const edge of candidates) {
    const rows = countBelow(edge, sorted);
    if (rows === below || rows === sorted.length) continue;
    edges.push(edge);
    below = rows;
  }
  return edges;
}

function countCells(edges: readonly number[], values: Float32Array): readonly number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) {
    const cell = findCell(edges, value);
    counts[cell] = (counts[cell] as number) + 1;
  }
  return counts;
}

function countBelow(edge: number, sorted: Float32Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < edge) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toRounded(value: number): number {
  // Adding zero takes the sign from -0, which JSON would lose.
  return Number(value.toPrecision(DIGITS)) + 0;
}
