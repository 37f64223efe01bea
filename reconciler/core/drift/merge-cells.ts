import { type CellPair, sumCells } from './cell-pair.ts';

/** Below this, the distribution of χ² is not that of its formula. */
const MIN_EXPECTED = 5;

/**
 * Cells in groups, so that each is expected to hold enough rows on both sides. It goes by the sums
 * of both sides alone: looking at either would decide what is then tested. `ordered` cells are
 * joined with their neighbours, others in one pool.
 */
export function mergeCells(pair: CellPair, order: 'ordered' | 'unordered'): CellPair {
  const totals = pair.reference.map((count, cell) => count + (pair.window[cell] ?? 0));
  const referenceRows = sumCells(pair.reference);
  const windowRows = sumCells(pair.window);
  const lessRows = Math.min(referenceRows, windowRows);
  const isEnough = (total: number) =>
    (total * lessRows) / (referenceRows + windowRows) >= MIN_EXPECTED;
  const groups = order === 'ordered' ? sweep(totals, isEnough) : pool(totals, isEnough);
  const toGroups = (counts: readonly number[]) =>
    groups.map((cells) => sumCells(cells.map((cell) => counts[cell] ?? 0)));
  return { reference: toGroups(pair.reference), window: toGroups(pair.window) };
}

type IsEnough = (total: number) => boolean;

type Groups = readonly (readonly number[])[];

/** From the left, a group ends where it is large enough; the rest joins the last one. */
function sweep(totals: readonly number[], isEnough: IsEnough): Groups {
  const groups: number[][] = [];
  let open: number[] = [];
  let sum = 0;
  totals.forEach((total, cell) => {
    open.push(cell);
    sum += total;
    if (!isEnough(sum)) return;
    groups.push(open);
    open = [];
    sum = 0;
  });
  const last = groups.at(-1);
  if (last === undefined) return [open];
  last.push(...open);
  return groups;
}

/** Small cells are pooled; a pool that is small itself joins the smallest of the others. */
function pool(totals: readonly number[], isEnough: IsEnough): Groups {
  const cells = totals.map((_, cell) => cell);
  const toTotal = (cell: number) => totals[cell] ?? 0;
  const small = cells.filter((cell) => !isEnough(toTotal(cell)));
  const groups = cells.filter((cell) => isEnough(toTotal(cell))).map((cell) => [cell]);
  if (small.length === 0) return groups;
  if (isEnough(sumCells(small.map(toTotal)))) return [...groups, small];
  const smallest = Math.min(...groups.map(([cell = 0]) => toTotal(cell)));
  const host = groups.find(([cell = 0]) => toTotal(cell) === smallest);
  if (host === undefined) return [small];
  host.push(...small);
  return groups;
}
