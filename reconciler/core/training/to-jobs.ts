import type { EvaluateJob, TrainingSetJob } from '../contracts/runner-jobs.ts';
import { toDurationSeconds } from '../spec/duration.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';
import type { TrainingInput, TrainingPlan } from './training-plan.ts';

/** A model larger than this is refused before it is read. */
export const MAX_MODEL_BYTES = 512 * 1024 * 1024;

/** Paths are relative to the run's base folder, except those of snapshots. */
export function toTrainingSetJob(input: TrainingInput, plan: TrainingPlan): TrainingSetJob {
  const { label, training, evaluation, requestFeatures } = toTypedSpec(input.model, 'Model');
  return {
    v: 1,
    label: {
      source: input.label.source,
      rowsFile: input.label.rowsFile,
      column: label.column,
      maturitySeconds: toDurationSeconds(label.maturity),
    },
    window: {
      asOf: training.window.asOf,
      lengthSeconds: toDurationSeconds(training.window.length),
    },
    split: {
      validationSeconds: toDurationSeconds(training.split.validation),
      testSeconds: toDurationSeconds(training.split.test),
    },
    views: [...input.views.values()].map(({ definition, data }) => ({
      definition,
      rowsFile: data.rowsFile,
    })),
    contract: plan.contract,
    requestColumns: Object.fromEntries(requestFeatures.map(({ name, column }) => [name, column])),
    slices: evaluation.slices,
    outputFolder: 'input/data',
  };
}

export function toEvaluateJob(input: TrainingInput, plan: TrainingPlan): EvaluateJob {
  const { task, training, evaluation } = toTypedSpec(input.model, 'Model');
  if (task !== 'binary-classification') throw new Error(`a ${task} is not trained`);
  return {
    v: 1,
    runKey: plan.runKey,
    task,
    contract: plan.contract,
    slices: evaluation.slices,
    training: {
      modelDigest: plan.identity.modelDigest,
      snapshotDigest: plan.snapshotDigest,
      trainerDigest: plan.identity.trainerDigest,
      asOf: training.window.asOf,
      seed: training.seed,
    },
    limits: { maxModelBytes: MAX_MODEL_BYTES },
    modelFolder: 'model',
    dataFolder: 'input/data',
    digestsFile: 'input/config/digests.json',
    predictionsFile: 'output/data/scores.json',
    outputFolder: 'result',
  };
}
