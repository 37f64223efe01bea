import { type Digest, toShortDigest } from '../../core/contracts/digest.ts';
import type { JsonObject } from '../../core/contracts/json.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import { toPlacementDigest } from '../../core/training/model-placement.ts';
import { toModelDigest } from '../../core/training/model-projection.ts';
import type { UsedSnapshot } from '../../core/training/run-key.ts';
import {
  planTraining,
  type TrainingInput,
  type TrainingPlan,
} from '../../core/training/training-plan.ts';
import type { InstalledTrainer } from '../../ports/trainers.ts';
import type { Work, WorkInput } from '../kept-handler.ts';
import { createZoneForms } from '../zone-forms.ts';
import { type ModelNotes, NO_NOTES, type StartedRun } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';
import { toRunRequest } from './run-request.ts';
import { resolveTrainingInput } from './training-input.ts';

type TrainInput = WorkInput<ModelNotes>;

/** Resolves what a run reads, once, and hands it over; a run that is known is not made again. */
export async function startRun(ports: ModelPorts, input: TrainInput): Promise<Work<ModelNotes>> {
  const { target, before } = input;
  const model: NormalForm = { ...target, spec: target.spec['train'] as JsonObject };
  const pinned = await findPinnedSnapshots(ports, input, model);
  const prepared = await prepareRun(ports, model, pinned);
  const { plan, isKnown } = prepared;
  await ports.runs.raiseFence(input.fence);
  await forgetFormerRun(ports, input, plan.runKey);
  if (!isKnown) await beginRun(ports, input, prepared);
  const notes = before?.notes ?? NO_NOTES;
  return {
    live: before?.live ?? null,
    notes: { ...notes, run: toStartedRun(model, plan) },
    outcome: {
      inputs: toRunInputs(prepared),
      summary: isKnown
        ? `needs no run: ${toShortDigest(plan.runKey)} has a version already`
        : `starts the run ${toShortDigest(plan.runKey)}`,
    },
  };
}

export type PreparedRun = {
  readonly training: TrainingInput;
  readonly plan: TrainingPlan;
  readonly installed: InstalledTrainer;
  /** Whether a version was made by it before. */
  readonly isKnown: boolean;
};

/** What a run of this definition would be now: everything that it reads is looked up here. */
export async function prepareRun(
  ports: ModelPorts,
  model: NormalForm,
  pinned: readonly UsedSnapshot[] = [],
): Promise<PreparedRun> {
  const forms = createZoneForms(ports.definitions);
  const { trainer } = toTypedSpec(model, 'Model').training;
  const { bundled } = toTypedSpec(await forms.require('Trainer', trainer), 'Trainer');
  const installed = await ports.trainers.ensure(bundled);
  const training = await resolveTrainingInput({ ...ports, forms }, model, installed.digest, pinned);
  const plan = planTraining(training);
  const isKnown = (await ports.artifacts.findByRun(plan.runKey)) !== null;
  return { training, plan, installed, isKnown };
}

export function toRunInputs({ plan, installed }: PreparedRun): Readonly<Record<string, Digest>> {
  return {
    run: plan.runKey as Digest,
    snapshot: plan.snapshotDigest as Digest,
    trainer: installed.digest as Digest,
  };
}

/**
 * A version that was lost comes back from the data that it was made from, not from what has come
 * since: otherwise a Release that names it would wait for it for ever.
 */
async function findPinnedSnapshots(
  { artifacts }: ModelPorts,
  { before, effect }: TrainInput,
  model: NormalForm,
): Promise<readonly UsedSnapshot[]> {
  const { run, version, candidate } = before?.notes ?? NO_NOTES;
  // What was proposed is what is merged, whatever data has come since.
  if (candidate?.run.modelDigest === toModelDigest(model)) return candidate.run.snapshots;
  if (run === null || version === null || run.modelDigest !== toModelDigest(model)) return [];
  const published = await artifacts.list(toResourcePath(effect.ref));
  return published.some((one) => one.version === version) ? [] : run.snapshots;
}

/** What a newer definition has made superfluous is stopped, and its files are not kept for ever. */
async function forgetFormerRun(
  { runs }: ModelPorts,
  { fence, before }: TrainInput,
  runKey: string,
): Promise<void> {
  const former = before?.notes.run ?? null;
  if (former === null || former.runKey === runKey) return;
  const { state } = await runs.observe(former.runKey);
  if (state === 'queued' || state === 'running') await runs.cancel(fence, former.runKey);
  else await runs.remove(fence, former.runKey);
}

/** A run of this key that has failed is begun anew; one that goes on is left to go on. */
export async function beginRun(
  ports: ModelPorts,
  { fence, cause }: Pick<TrainInput, 'fence' | 'cause'>,
  { training, plan, installed }: PreparedRun,
): Promise<void> {
  const { runs, zone, programs } = ports;
  const { state } = await runs.observe(plan.runKey);
  if (state === 'failed') await runs.remove(fence, plan.runKey);
  const { revision } = cause;
  const trainerArgv = installed.argv;
  await runs.start(fence, toRunRequest({ training, plan, zone, revision, trainerArgv, programs }));
}

export function toStartedRun(model: NormalForm, { runKey, identity }: TrainingPlan): StartedRun {
  const { modelDigest, contractDigest, trainerDigest, snapshots, seed } = identity;
  return {
    ...{ runKey, modelDigest, contractDigest, trainerDigest, snapshots, seed },
    placementDigest: toPlacementDigest(model),
    spec: model.spec,
  };
}
