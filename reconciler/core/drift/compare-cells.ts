import { type CellPair, sumCells } from './cell-pair.ts';

/** How large a difference is, whatever its certainty. In nats where no unit is named. */
export type CellComparison = {
  /** Cells that hold a row on either side; the others say nothing. */
  readonly cells: number;
  /** Population stability index, every cell half a row richer. */
  readonly psi: number;
  /** What the index is on average where nothing has changed. */
  readonly bias: number;
  /** The index less its bias, and never below 0. */
  readonly psiPlus: number;
  readonly jensenShannonBits: number;
  readonly totalVariation: number;
  /** The largest distance of the cumulated shares; it means something for ordered cells only. */
  readonly kolmogorovSmirnov: number;
};

/** Null where there is nothing to compare: no row on a side, or all of them in one cell. */
export function compareCells(pair: CellPair): CellComparison | null {
  const { reference, window } = keepUsed(pair);
  const referenceRows = sumCells(reference);
  const windowRows = sumCells(window);
  const cells = reference.length;
  if (cells < 2 || referenceRows === 0 || windowRows === 0) return null;
  // Half a row more: an empty cell would otherwise be infinitely far away.
  const expected = reference.map((count) => (count + 0.5) / (referenceRows + cells / 2));
  const observed = window.map((count) => (count + 0.5) / (windowRows + cells / 2));
  const psi = sumOver(expected, observed, (p, q) => (q - p) * Math.log(q / p));
  const bias = (cells - 1) * (1 / windowRows + 1 / referenceRows);
  return {
    cells,
    psi,
    bias,
    psiPlus: Math.max(0, psi - bias),
    jensenShannonBits: sumOver(expected, observed, toJensenShannonTerm) / Math.LN2,
    ...compareShares(
      reference.map((count) => count / referenceRows),
      window.map((count) => count / windowRows),
    ),
  };
}

function keepUsed({ reference, window }: CellPair): CellPair {
  const isUsed = (_: number, cell: number) => (reference[cell] ?? 0) + (window[cell] ?? 0) > 0;
  return { reference: reference.filter(isUsed), window: window.filter(isUsed) };
}

function toJensenShannonTerm(p: number, q: number): number {
  const middle = (p + q) / 2;
  return (p * Math.log(p / middle) + q * Math.log(q / middle)) / 2;
}

function compareShares(
  expected: readonly number[],
  observed: readonly number[],
): Pick<CellComparison, 'totalVariation' | 'kolmogorovSmirnov'> {
  let distance = 0;
  let ahead = 0;
  let furthest = 0;
  expected.forEach((share, cell) => {
    const difference = (observed[cell] ?? 0) - share;
    distance += Math.abs(difference);
    ahead += difference;
    furthest = Math.max(furthest, Math.abs(ahead));
  });
  return { totalVariation: distance / 2, kolmogorovSmirnov: furthest };
}

/** In the order of the cells: another order may end in another last digit. */
function sumOver(
  expected: readonly number[],
  observed: readonly number[],
  toTerm: (p: number, q: number) => number,
): number {
  return expected.reduce((sum, p, cell) => sum + toTerm(p, observed[cell] ?? 0), 0);
}
