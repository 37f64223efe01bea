import { compareText } from '../contracts/compare-text.ts';
import type {
  EvaluationMetric,
  MetricInterval,
  MetricSlice,
} from '../contracts/generated/evaluation-report.generated.ts';
import { measureAreaUnderCurve, toDelongInterval } from './delong.ts';
import { countClasses, type LabelledScores } from './labelled-scores.ts';
import {
  countDecisions,
  measureAveragePrecision,
  measureBrier,
  measureLogLoss,
} from './metrics.ts';
import { toAveragePrecisionInterval, toMeanInterval } from './normal-intervals.ts';
import { toWilsonInterval } from './wilson.ts';

/** How often an interval misses the true figure, over all values of a column together. */
const MISSES = 0.05;

/** With fewer rows of a class, no interval is worth its name, and nothing is decided. */
const MIN_CLASS_ROWS = 10;

/** A figure of fewer rows tells of single people, and what is measured is said in Git. */
const MIN_SLICE_ROWS = 10;

/** A report holds 512 figures: eight of all rows, and six of each value of each column. */
const MAX_SLICES = 80;

const MAX_VALUE_LENGTH = 256;

export type SliceColumn = {
  readonly column: string;
  /** One for each row. */
  readonly values: readonly string[];
};

/** Every figure of a binary classifier that is defined on these rows. */
export function measureModel(
  rows: LabelledScores,
  columns: readonly SliceColumn[],
): readonly EvaluationMetric[] {
  const overall = toMetrics(rows, { slice: null, level: 1 - MISSES });
  const perColumn = Math.floor(MAX_SLICES / Math.max(1, columns.length));
  return [...overall, ...columns.flatMap((column) => measureColumn(rows, column, perColumn))];
}

function measureColumn(
  rows: LabelledScores,
  { column, values }: SliceColumn,
  maxSlices: number,
): readonly EvaluationMetric[] {
  const groups = new Map<string, number[]>();
  values.forEach((value, row) => {
    const key = value.slice(0, MAX_VALUE_LENGTH);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  });
  // The more groups are compared, the more of them look bad by chance.
  const level = groups.size > 2 ? 1 - MISSES / groups.size : 1 - MISSES;
  return [...groups]
    .filter(([, group]) => group.length >= MIN_SLICE_ROWS)
    .sort(([left, leftRows], [right, rightRows]) =>
      leftRows.length === rightRows.length
        ? compareText(left, right)
        : rightRows.length - leftRows.length,
    )
    .slice(0, maxSlices)
    .sort(([left], [right]) => compareText(left, right))
    .flatMap(([value, group]) =>
      toMetrics(choose(rows, group), { slice: { column, value }, level }).filter(({ name }) =>
        SLICE_METRICS.has(name),
      ),
    );
}

/** What a gate may ask for, and the rate that fairness is judged by. */
const SLICE_METRICS: ReadonlySet<string> = new Set([
  ...['auc', 'average-precision', 'accuracy', 'precision', 'recall', 'positive-rate'],
]);

function choose({ scores, labels }: LabelledScores, group: readonly number[]): LabelledScores {
  return {
    scores: Float64Array.from(group, (row) => scores[row] as number),
    labels: Uint8Array.from(group, (row) => labels[row] as number),
  };
}

type Place = { readonly slice: MetricSlice | null; readonly level: number };

function toMetrics(rows: LabelledScores, place: Place): readonly EvaluationMetric[] {
  if (rows.labels.length === 0) return [];
  const { positives, negatives } = countClasses(rows.labels);
  const isEnough = Math.min(positives, negatives) >= MIN_CLASS_ROWS;
  const { slice, level } = place;
  return [...toRankMetrics(rows, level), ...toCosts(rows, level), ...toShares(rows, level)].map(
    ({ name, value, rows: count, interval }) => ({
      name,
      slice,
      value,
      rows: count,
      interval: isEnough ? interval : null,
    }),
  );
}

type Figure = {
  readonly name: string;
  readonly value: number;
  /** What the figure is a share or a mean of. */
  readonly rows: number;
  readonly interval: MetricInterval | null;
};

function toRankMetrics(rows: LabelledScores, level: number): readonly Figure[] {
  const count = rows.labels.length;
  const area = measureAreaUnderCurve(rows);
  const precision = measureAveragePrecision(rows);
  const { positives } = countClasses(rows.labels);
  const figures: Figure[] = [];
  if (area !== null) {
    const interval = toDelongInterval(area, level);
    figures.push({ name: 'auc', value: area.value, rows: count, interval });
  }
  if (precision !== null) {
    const interval = toAveragePrecisionInterval(precision, positives, level);
    figures.push({ name: 'average-precision', value: precision, rows: count, interval });
  }
  return figures;
}

function toCosts(rows: LabelledScores, level: number): readonly Figure[] {
  const count = rows.labels.length;
  const logLoss = measureLogLoss(rows);
  const brier = measureBrier(rows);
  return [
    {
      name: 'log-loss',
      value: logLoss.value,
      rows: count,
      interval: toMeanInterval(logLoss, level),
    },
    { name: 'brier', value: brier.value, rows: count, interval: toMeanInterval(brier, level) },
  ];
}

function toShares(rows: LabelledScores, level: number): readonly Figure[] {
  const made = countDecisions(rows);
  const count = rows.labels.length;
  const shares: readonly (readonly [name: string, hits: number, rows: number])[] = [
    ['accuracy', made.truePositives + made.trueNegatives, count],
    ['precision', made.truePositives, made.truePositives + made.falsePositives],
    ['recall', made.truePositives, made.truePositives + made.falseNegatives],
    ['positive-rate', made.truePositives + made.falsePositives, count],
  ];
  return shares
    .filter(([, , of]) => of > 0)
    .map(([name, hits, of]) => ({
      name,
      value: hits / of,
      rows: of,
      interval: toWilsonInterval({ hits, rows: of }, level),
    }));
}
