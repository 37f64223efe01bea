import { CodedError } from '../../core/contracts/coded-error.ts';
import type { Digest } from '../../core/contracts/digest.ts';
import { ERROR_CODES, type ErrorCode } from '../../core/contracts/error-codes.ts';
import type {
  EvaluationMetric,
  EvaluationReport,
} from '../../core/contracts/generated/evaluation-report.generated.ts';
import type { VersionRecord } from '../../core/contracts/generated/version-record.generated.ts';
import { toRfc3339 } from '../../core/contracts/instant.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type GateJudgement, judgeGates } from '../../core/evaluation/judge-gates.ts';
import type { UsedSnapshot } from '../../core/training/run-key.ts';
import { toGates } from '../../core/training/to-gates.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Outcome } from '../../ports/kind-handler.ts';
import type { RunObservation, Runs } from '../../ports/runs.ts';

export type PublishPorts = {
  readonly runs: Runs;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
};

/** What is known of the run that a version is made from. */
export type StartedRun = {
  readonly runKey: string;
  readonly modelDigest: string;
  readonly trainerDigest: string;
  readonly snapshots: readonly UsedSnapshot[];
  readonly seed: number;
};

/**
 * Makes a run's result a version. Throws P803 when the run failed, P805 when a gate is not passed:
 * then nothing is published.
 */
export async function publishRun(
  ports: PublishPorts,
  input: { readonly model: string; readonly form: NormalForm; readonly run: StartedRun },
): Promise<VersionRecord> {
  const { form, run } = input;
  const published = await ports.artifacts.findByRun(run.runKey);
  if (published !== null) {
    requirePassed(form, published.evaluation);
    return published;
  }
  const observed = await ports.runs.observe(run.runKey);
  const { attempts, wallSeconds } = requireSucceeded(observed);
  const result = await ports.runs.readResult(run.runKey);
  const { verdicts } = requirePassed(form, result.evaluation);
  return ports.artifacts.publish({
    manifest: result.manifest,
    modelFile: result.modelFile,
    record: {
      v: 1,
      model: input.model,
      runKey: run.runKey,
      modelDigest: run.modelDigest,
      trainerDigest: run.trainerDigest,
      snapshots: run.snapshots.map(({ source, digest }) => ({ source, digest })),
      seed: run.seed,
      attempts,
      wallSeconds,
      evaluation: result.evaluation,
      gates: verdicts,
      publishedAt: toRfc3339(ports.clock.now()),
    },
  });
}

function requireSucceeded(observed: RunObservation) {
  if (observed.state === 'succeeded') return observed;
  if (observed.state === 'failed') {
    throw toRunFailure(observed);
  }
  throw new CodedError('P803', `the run is ${observed.state}`, { remedy: 'retry' });
}

/** Programs of ours say a code first: a model that was refused is not a program that failed. */
function toRunFailure({ step, why }: Extract<RunObservation, { state: 'failed' }>): CodedError {
  const [, code = '', text = why] = /^(P\d{3}) ([\s\S]*)$/.exec(why) ?? [];
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'P803';
  return new CodedError(known, `in the step ${step} of its run: ${text}`);
}

function requirePassed(form: NormalForm, evaluation: EvaluationReport): GateJudgement {
  const judgement = judgeGates(toGates(form), evaluation);
  if (judgement.isPassed) return judgement;
  const missed = judgement.verdicts.filter(({ verdict }) => verdict !== 'pass');
  throw new CodedError('P805', missed.map(({ why }) => why).join('; '));
}

/** What the ledger says of a publication. */
export function toPublication({
  version,
  runKey,
  trainerDigest,
  evaluation,
}: VersionRecord): Outcome {
  const auc = evaluation.metrics.find(({ name, slice }) => name === 'auc' && slice === null);
  const figure = auc === undefined ? '' : `: ${describeMetric(auc)}`;
  return {
    inputs: {
      run: runKey as Digest,
      trainer: trainerDigest as Digest,
      version: version as Digest,
    },
    summary: `the version ${version.slice(0, 19)}${figure}`,
  };
}

function describeMetric({ name, value, interval, rows }: EvaluationMetric): string {
  const range =
    interval === null ? '' : ` (${interval.lower.toFixed(4)} to ${interval.upper.toFixed(4)})`;
  return `${name} ${value.toFixed(4)}${range} on ${rows} held-out rows`;
}
