import type {
  EvaluationMetric,
  EvaluationReport,
  MetricInterval,
  MetricSlice,
} from '../contracts/generated/evaluation-report.generated.ts';
import type { GateVerdict } from '../contracts/generated/version-record.generated.ts';

export type Gate = {
  readonly metric: string;
  readonly slice: MetricSlice | null;
  readonly minimum: number;
};

export type GateJudgement = {
  readonly verdicts: readonly GateVerdict[];
  /** Whether every gate passed: what is inconclusive does not. */
  readonly isPassed: boolean;
};

/** A least value of these would ask for a bad model. */
const LESS_IS_BETTER: ReadonlySet<string> = new Set(['log-loss', 'brier']);

/** The schema's bound; a slice's name and value fit in. */
const MAX_WHY_LENGTH = 512;

/**
 * Three-valued: the whole interval must lie above the minimum to pass and below it to fail, so
 * that chance alone neither releases a model nor condemns one.
 */
export function judgeGates(gates: readonly Gate[], report: EvaluationReport): GateJudgement {
  const verdicts = gates.map((gate) => judgeGate(gate, report));
  return { verdicts, isPassed: verdicts.every(({ verdict }) => verdict === 'pass') };
}

function judgeGate(gate: Gate, report: EvaluationReport): GateVerdict {
  const { metric, slice, minimum } = gate;
  const { verdict, why } = decide(gate, findMetric(gate, report));
  return { metric, slice, minimum, verdict, why: why.slice(0, MAX_WHY_LENGTH) };
}

function findMetric(gate: Gate, report: EvaluationReport): EvaluationMetric | undefined {
  return report.metrics.find(
    ({ name, slice }) =>
      name === gate.metric &&
      slice?.column === gate.slice?.column &&
      slice?.value === gate.slice?.value,
  );
}

type Decision = Pick<GateVerdict, 'verdict' | 'why'>;

function decide(gate: Gate, found: EvaluationMetric | undefined): Decision {
  const where = gate.slice === null ? '' : ` where ${gate.slice.column} is ${gate.slice.value}`;
  const name = `${gate.metric}${where}`;
  if (LESS_IS_BETTER.has(gate.metric)) {
    return { verdict: 'inconclusive', why: `less ${name} is better: a minimum decides nothing` };
  }
  if (found === undefined) {
    const few = gate.slice === null ? '' : ', of which a slice has to have at least 10';
    return { verdict: 'inconclusive', why: `${name} was not measured on the test rows${few}` };
  }
  // Without the figure: it would be one of a few people, and a refusal is written down in Git.
  if (found.interval === null) {
    return {
      verdict: 'inconclusive',
      why: `${name} has fewer than 10 test rows of a class, too few to be sure of anything`,
    };
  }
  const value = `${name} is ${toShort(found.value)} on ${found.rows} rows`;
  return decideByInterval(gate.minimum, found.interval, value);
}

function decideByInterval(minimum: number, interval: MetricInterval, value: string): Decision {
  const { lower, upper, level } = interval;
  const sure = toShort(level * 100);
  const range = `${value}, with ${sure} % certainty from ${toShort(lower)} to ${toShort(upper)}`;
  if (lower >= minimum) return { verdict: 'pass', why: `${range}: at least ${minimum}` };
  if (upper < minimum) return { verdict: 'fail', why: `${range}: below ${minimum}` };
  const advice = 'more test rows would narrow it';
  return { verdict: 'inconclusive', why: `${range}: ${minimum} lies between; ${advice}` };
}

function toShort(value: number): string {
  return String(Number(value.toPrecision(4)));
}
