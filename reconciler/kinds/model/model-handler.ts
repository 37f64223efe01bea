import type { Digest } from '../../core/contracts/digest.ts';
import type { EvaluationReport } from '../../core/contracts/generated/evaluation-report.generated.ts';
import type { Json, JsonObject } from '../../core/contracts/json.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { type ModelFacts, planModel } from '../../core/plan/planners/model.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import { planTraining } from '../../core/training/training-plan.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { RunObservation } from '../../ports/runs.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import type { Trainers } from '../../ports/trainers.ts';
import { createKeptHandler, type Work, type WorkInput } from '../kept-handler.ts';
import { createZoneForms } from '../zone-forms.ts';
import { type PublishPorts, publishRun, type StartedRun, toPublication } from './publish.ts';
import { type RunPrograms, toRunRequest } from './run-request.ts';
import { resolveTrainingInput } from './training-input.ts';

export type ModelPorts = PublishPorts & {
  readonly zone: string;
  readonly definitions: Definitions;
  readonly snapshots: Snapshots;
  readonly trainers: Trainers;
  readonly programs: RunPrograms;
};

/** The run that was started last, and the version that is published. */
type ModelNotes = {
  readonly run: StartedRun | null;
  readonly version: string | null;
};

/** A model is trained by a run on a target's slots, and published when its result passes. */
export function createModelHandler(ports: ModelPorts): KindHandler {
  return createKeptHandler(ports.definitions, {
    kind: 'Model',
    plan: planModel,
    look: async ({ notes }, ref) => {
      const { run, version } = toNotes(notes);
      const facts: ModelFacts = { run: run === null ? null : await lookAtRun(ports, run) };
      const versions = version === null ? [] : await ports.artifacts.list(toResourcePath(ref));
      // A version that was lost is made again: the same run has the same key, and the same bytes.
      const isThere = version === null || versions.some((one) => one.version === version);
      return { isThere, facts: facts as unknown as JsonObject };
    },
    make: (input) =>
      input.effect.action === 'train' ? train(ports, input) : publish(ports, input),
    unmake: async ({ before, fence }) => {
      const { run } = toNotes(before?.notes ?? {});
      if (run === null) return;
      await ports.runs.raiseFence(fence);
      await ports.runs.cancel(fence, run.runKey);
    },
    tend: (fence) => ports.runs.tend(fence),
  });
}

async function train(ports: ModelPorts, input: WorkInput<JsonObject>): Promise<Work<JsonObject>> {
  const { target, fence, cause, before } = input;
  const model: NormalForm = { ...target, spec: target.spec['train'] as JsonObject };
  const { trainer } = toTypedSpec(model, 'Model').training;
  const forms = createZoneForms(ports.definitions);
  const bundled = toTypedSpec(await forms.require('Trainer', trainer), 'Trainer').bundled;
  const installed = await ports.trainers.ensure(bundled);
  const training = await resolveTrainingInput({ ...ports, forms }, model, installed.digest);
  const plan = planTraining(training);
  await ports.runs.raiseFence(fence);
  await forgetFormerRun(ports, input, plan.runKey);
  const { zone, programs } = ports;
  const { revision } = cause;
  await ports.runs.start(
    fence,
    toRunRequest({ training, plan, zone, revision, trainerArgv: installed.argv, programs }),
  );
  const run: StartedRun = { runKey: plan.runKey, ...plan.identity };
  const former = toNotes(before?.notes ?? {});
  return {
    live: before?.live ?? null,
    notes: { run: run as unknown as Json, version: former.version },
    outcome: {
      inputs: {
        run: plan.runKey as Digest,
        snapshot: plan.snapshotDigest as Digest,
        trainer: installed.digest as Digest,
      },
      summary: `starts the run ${plan.runKey.slice(0, 19)}`,
    },
  };
}

/** What a newer definition has made superfluous is stopped, and its files are not kept for ever. */
async function forgetFormerRun(
  { runs }: ModelPorts,
  { fence, before }: WorkInput<JsonObject>,
  runKey: string,
): Promise<void> {
  const { run: former } = toNotes(before?.notes ?? {});
  if (former === null || former.runKey === runKey) return;
  const { state } = await runs.observe(former.runKey);
  if (state === 'queued' || state === 'running') await runs.cancel(fence, former.runKey);
  else await runs.remove(fence, former.runKey);
}

async function publish(ports: ModelPorts, input: WorkInput<JsonObject>): Promise<Work<JsonObject>> {
  const { target: form, effect, before } = input;
  const { run } = toNotes(before?.notes ?? {});
  if (run === null) throw new Error('a model is published only after it was trained');
  const record = await publishRun(ports, { model: toResourcePath(effect.ref), form, run });
  return {
    notes: { run: run as unknown as Json, version: record.version },
    outcome: toPublication(record),
  };
}

async function lookAtRun(
  { runs, artifacts }: ModelPorts,
  { runKey, modelDigest }: StartedRun,
): Promise<NonNullable<ModelFacts['run']>> {
  const observed = await runs.observe(runKey);
  const what = describeRun(runKey, observed);
  if (observed.state === 'absent') {
    const published = await artifacts.findByRun(runKey);
    if (published === null) return { modelDigest, state: 'absent', what, evaluation: null };
    return { modelDigest, state: 'succeeded', what, evaluation: published.evaluation };
  }
  if (observed.state !== 'succeeded') {
    return { modelDigest, state: observed.state, what, evaluation: null };
  }
  const evaluation: EvaluationReport = (await runs.readResult(runKey)).evaluation;
  return { modelDigest, state: 'succeeded', what, evaluation };
}

/** Without figures that change all the time: a status does not flap. */
function describeRun(runKey: string, observed: RunObservation): string {
  const name = `its run ${runKey.slice(0, 19)}`;
  if (observed.state === 'queued') return `${name}: ${observed.why}`;
  if (observed.state === 'running') return `${name} is in the step ${observed.step}`;
  if (observed.state === 'failed') return `${name} failed in ${observed.step}: ${observed.why}`;
  return `${name} is ${observed.state === 'absent' ? 'gone' : 'done'}`;
}

function toNotes(notes: JsonObject): ModelNotes {
  const { run = null, version = null } = notes as unknown as Partial<ModelNotes>;
  return { run, version };
}
