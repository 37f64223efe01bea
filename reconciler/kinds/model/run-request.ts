import type { JsonObject } from '../../core/contracts/json.ts';
import { toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { toDurationSeconds } from '../../core/spec/duration.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import { MAX_MODEL_BYTES, toEvaluateJob, toTrainingSetJob } from '../../core/training/to-jobs.ts';
import type { TrainingInput, TrainingPlan } from '../../core/training/training-plan.ts';
import type { RunRequest } from '../../ports/runs.ts';

/** How the bundled programs of a run are started. */
export type RunPrograms = {
  readonly trainingSet: readonly string[];
  readonly evaluate: readonly string[];
};

/** Between asking a training to stop and ending it. */
const GRACE_SECONDS = 120;

export function toRunRequest(input: {
  readonly training: TrainingInput;
  readonly plan: TrainingPlan;
  readonly zone: string;
  readonly revision: string;
  readonly trainerArgv: readonly string[];
  readonly programs: RunPrograms;
}): RunRequest {
  const { training: source, plan, programs } = input;
  const { training } = toTypedSpec(source.model, 'Model');
  return {
    runKey: plan.runKey,
    model: toResourcePath(toRef(source.model)),
    zone: input.zone,
    target: training.target,
    pool: training.pool,
    device: 'cpu',
    seed: training.seed,
    digests: {
      commit: input.revision,
      spec: plan.identity.modelDigest,
      snapshot: plan.snapshotDigest,
      trainer: plan.identity.trainerDigest,
    },
    hyperparameters: training.parameters,
    config: { contract: toJson(plan.contract), label: 'label', task: 'binary-classification' },
    steps: [
      { name: 'prepare', argv: programs.trainingSet, job: toJson(toTrainingSetJob(source, plan)) },
      { name: 'train', argv: input.trainerArgv, job: null },
      { name: 'evaluate', argv: programs.evaluate, job: toJson(toEvaluateJob(source, plan)) },
    ],
    limits: {
      maxRuntimeSeconds: toDurationSeconds(training.maxRuntime),
      graceSeconds: GRACE_SECONDS,
      retries: training.retries,
      maxModelBytes: MAX_MODEL_BYTES,
    },
  };
}

/** The types of jobs have no index signature; as values they are plain JSON. */
function toJson(value: object): JsonObject {
  return value as JsonObject;
}
