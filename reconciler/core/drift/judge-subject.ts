import { roundForVerdict } from '../statistics/crossing.ts';
import { sumCells } from './cell-pair.ts';
import { compareCells } from './compare-cells.ts';
import type { QualityRule } from './data-quality.ts';
import { toLnEValue } from './e-value.ts';
import { testHomogeneity } from './homogeneity.ts';
import { mergeCells } from './merge-cells.ts';
import { toMinimumRows } from './minimum-rows.ts';
import { type Subject, toWindowCells, type WindowCounts } from './subjects.ts';

/** How sure: from this window alone. `lnE` 0 says nothing either way. */
export type SubjectEvidence = {
  readonly rows: number;
  readonly statistic: number | null;
  readonly degrees: number | null;
  readonly lnP: number | null;
  readonly lnE: number;
  /** Why it says nothing: too few rows for two groups, or data that is broken. */
  readonly note: 'degenerate' | 'blocked' | null;
};

/** How large: from all windows that were pooled. */
export type SubjectEffect = {
  readonly rows: number;
  readonly cells: number;
  readonly psi: number;
  readonly psiPlus: number;
  readonly jensenShannonBits: number;
  readonly totalVariation: number;
  /** Null where cells have no order. */
  readonly kolmogorovSmirnov: number | null;
  /** What the verdict goes by: psiPlus, or 0 with the reason below. */
  readonly counted: number;
  readonly note: 'few-rows' | 'small-reference' | null;
};

/** What one subject says; all figures to nine decimals, so that a record recomputes. */
export type SubjectRecord = {
  readonly kind: Subject['kind'];
  readonly name: string;
  readonly importance: number | null;
  readonly weight: number;
  readonly blockedBy: readonly QualityRule[];
  readonly evidence: SubjectEvidence;
  /** Null where there is nothing to compare. */
  readonly effect: SubjectEffect | null;
};

export function toSubjectEvidence(
  subject: Subject,
  counts: WindowCounts,
  isBlocked: boolean,
): SubjectEvidence {
  const pair = { reference: subject.reference, window: toWindowCells(subject, counts) };
  const rows = sumCells(pair.window);
  const nothing = { rows, statistic: null, degrees: null, lnP: null, lnE: 0 };
  // It keeps its weight: dropping it would choose the weights by what the window shows.
  if (isBlocked) return { ...nothing, note: 'blocked' };
  const order = subject.kind === 'category' ? 'unordered' : 'ordered';
  const tested = testHomogeneity(mergeCells(pair, order));
  if (tested === null) return { ...nothing, note: 'degenerate' };
  return {
    rows,
    statistic: roundForVerdict(tested.statistic),
    degrees: tested.degrees,
    lnP: roundForVerdict(tested.lnP),
    lnE: roundForVerdict(toLnEValue(tested.lnP)),
    note: null,
  };
}

export function toSubjectEffect(
  subject: Subject,
  pooled: WindowCounts,
  smallestEffect: number,
): SubjectEffect | null {
  const pair = { reference: subject.reference, window: toWindowCells(subject, pooled) };
  const compared = compareCells(pair);
  if (compared === null) return null;
  const rows = sumCells(pair.window);
  const needed = toMinimumRows({
    effect: smallestEffect,
    cells: compared.cells,
    referenceRows: sumCells(pair.reference),
  });
  const note = needed === null ? 'small-reference' : rows < needed ? 'few-rows' : null;
  const psiPlus = roundForVerdict(compared.psiPlus);
  return {
    rows,
    cells: compared.cells,
    psi: roundForVerdict(compared.psi),
    psiPlus,
    jensenShannonBits: roundForVerdict(compared.jensenShannonBits),
    totalVariation: roundForVerdict(compared.totalVariation),
    kolmogorovSmirnov:
      subject.kind === 'category' ? null : roundForVerdict(compared.kolmogorovSmirnov),
    counted: note === null ? psiPlus : 0,
    note,
  };
}
