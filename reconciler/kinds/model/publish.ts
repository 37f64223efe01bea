import { CodedError } from '../../core/contracts/coded-error.ts';
import { type Digest, toShortDigest } from '../../core/contracts/digest.ts';
import { ERROR_CODES, type ErrorCode } from '../../core/contracts/error-codes.ts';
import type {
  EvaluationMetric,
  EvaluationReport,
} from '../../core/contracts/generated/evaluation-report.generated.ts';
import type { VersionRecord } from '../../core/contracts/generated/version-record.generated.ts';
import { toRfc3339 } from '../../core/contracts/instant.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type GateJudgement, judgeGates } from '../../core/evaluation/judge-gates.ts';
import { toGates } from '../../core/training/to-gates.ts';
import type { RunObservation } from '../../ports/runs.ts';
import type { Work, WorkInput } from '../kept-handler.ts';
import type { ModelNotes, StartedRun } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';

/**
 * Makes a run's result a version, or judges the one it has by gates that changed. Throws P803 when
 * the run failed, P805 when a gate is not passed: then nothing is published.
 */
export async function publishRun(
  ports: ModelPorts,
  model: string,
  { target: form, before }: WorkInput<ModelNotes>,
): Promise<Work<ModelNotes>> {
  const run = before?.notes.run ?? null;
  if (run === null) throw new Error('a model is published only after it was trained');
  const { record, judgement, isNew } = await makeVersion(ports, model, form, run);
  const summary = isNew ? describePublication(record) : describeStay(record, judgement);
  const { runKey, trainerDigest, version } = record;
  return {
    notes: { ...before?.notes, run, version },
    outcome: {
      inputs: {
        run: runKey as Digest,
        trainer: trainerDigest as Digest,
        version: version as Digest,
      },
      summary,
    },
  };
}

/** Throws P803 when the run failed, P805 when a gate is not passed: then there is no version. */
export async function makeVersion(
  ports: ModelPorts,
  model: string,
  form: NormalForm,
  run: StartedRun,
): Promise<{
  readonly record: VersionRecord;
  readonly judgement: GateJudgement;
  readonly isNew: boolean;
}> {
  const known = await ports.artifacts.findByRun(run.runKey);
  if (known === null) return { ...(await publishResult(ports, model, form, run)), isNew: true };
  return { record: known, judgement: requirePassed(form, known.evaluation), isNew: false };
}

async function publishResult(
  { runs, artifacts, clock }: ModelPorts,
  model: string,
  form: NormalForm,
  run: StartedRun,
): Promise<{ readonly record: VersionRecord; readonly judgement: GateJudgement }> {
  const { attempts, wallSeconds } = requireSucceeded(await runs.observe(run.runKey));
  const result = await runs.readResult(run.runKey);
  const judgement = requirePassed(form, result.evaluation);
  const record = await artifacts.publish({
    manifest: result.manifest,
    modelFile: result.modelFile,
    record: {
      v: 1,
      model,
      runKey: run.runKey,
      modelDigest: run.modelDigest,
      trainerDigest: run.trainerDigest,
      snapshots: run.snapshots.map(({ source, digest }) => ({ source, digest })),
      seed: run.seed,
      attempts,
      wallSeconds,
      evaluation: result.evaluation,
      gates: judgement.verdicts,
      publishedAt: toRfc3339(clock.now()),
    },
  });
  return { record, judgement };
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
export function describePublication({ version, evaluation }: VersionRecord): string {
  const auc = evaluation.metrics.find(({ name, slice }) => name === 'auc' && slice === null);
  const figure = auc === undefined ? '' : `: ${describeMetric(auc)}`;
  return `the version ${toShortDigest(version)}${figure}`;
}

/** A judgement by other gates is a decision of its own, also when nothing new was made. */
function describeStay({ version }: VersionRecord, { verdicts }: GateJudgement): string {
  const reasons = verdicts.map(({ why }) => why).join('; ');
  return `the version ${toShortDigest(version)} stays: ${reasons === '' ? 'it has no gates' : reasons}`;
}

function describeMetric({ name, value, interval, rows }: EvaluationMetric): string {
  const range =
    interval === null ? '' : ` (${interval.lower.toFixed(4)} to ${interval.upper.toFixed(4)})`;
  return `${name} ${value.toFixed(4)}${range} on ${rows} held-out rows`;
}
