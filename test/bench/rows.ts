import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Figure } from './bench.ts';

/** One figure with all that is needed to compare it with another run. */
export type Row = {
  readonly bench: string;
  readonly case: string;
  readonly metric: Figure['metric'];
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  /** Ours over the baseline. */
  readonly ratio: number | null;
  readonly n: number;
  readonly seed: number;
  readonly machine: string;
};

const UNITS: Readonly<Record<Figure['metric'], string>> = {
  seconds: 's',
  ms: 'ms',
  per_second: '1/s',
  p50_ms: 'ms',
  p95_ms: 'ms',
  p99_ms: 'ms',
  peak_mb: 'MB',
  errors: '1',
  cpu_cores: 'cores',
};

export function toRow(
  figure: Figure,
  place: { readonly bench: string; readonly case: string; readonly seed: number },
  machine: string,
): Row {
  const { metric, value, baseline, n } = figure;
  return {
    bench: place.bench,
    case: place.case,
    metric,
    value: round(value),
    unit: UNITS[metric],
    baseline: baseline === null ? null : round(baseline),
    ratio: baseline === null || baseline === 0 ? null : round(value / baseline),
    n,
    seed: place.seed,
    machine,
  };
}

/** Four digits are more than a second run would confirm. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

export function describeMachine(): string {
  const all = cpus();
  const model = all[0]?.model.replace(/\s+/g, ' ').trim() ?? 'unknown processor';
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  return `${all.length} × ${model}, ${memory}, ${platform()} ${release()} ${arch()}, Node ${process.version}`;
}

const COLUMNS = ['bench', 'case', 'metric', 'value', 'unit', 'baseline', 'ratio', 'n'] as const;
const TEXT_COLUMNS: ReadonlySet<string> = new Set(['bench', 'case', 'metric', 'unit']);

export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => COLUMNS.map((column) => String(row[column] ?? '–')));
  const widths = COLUMNS.map((column, index) =>
    Math.max(column.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const toLine = (line: readonly string[]) =>
    line
      .map((cell, index) => {
        const isText = TEXT_COLUMNS.has(COLUMNS[index] ?? '');
        return isText ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0);
      })
      .join('  ')
      .trimEnd();
  const seeds = [...new Set(rows.map(({ seed }) => seed))].join(', ');
  const machines = [...new Set(rows.map(({ machine }) => machine))].join('; ');
  return [toLine(COLUMNS), ...cells.map(toLine), '', `seed ${seeds}; ${machines}`].join('\n');
}
