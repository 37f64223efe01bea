import { isCodedError } from '../../core/contracts/coded-error.ts';
import { toShortDigest } from '../../core/contracts/digest.ts';
import type { JsonObject } from '../../core/contracts/json.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { toContractDigest } from '../../core/features/contract.ts';
import type { ModelFacts } from '../../core/plan/planners/model.ts';
import { toFeatureContract } from '../../core/training/to-feature-contract.ts';
import { planTraining } from '../../core/training/training-plan.ts';
import type { RunObservation } from '../../ports/runs.ts';
import type { Seen } from '../kept-handler.ts';
import type { KeptState } from '../kept-states.ts';
import { createZoneForms } from '../zone-forms.ts';
import type { ModelNotes, StartedRun } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';
import { lookAtRetraining } from './retrain.ts';
import { resolveTrainingInput, resolveViews } from './training-input.ts';

/** How the run of a model goes, and whether its version is where it was put. */
export async function lookAtModel(
  ports: ModelPorts,
  state: KeptState<ModelNotes>,
  ref: Ref,
): Promise<Seen> {
  const { run, version } = state.notes;
  const published = version === null ? [] : await ports.artifacts.list(toResourcePath(ref));
  // A version that was lost is made again: the same run has the same key, and the same bytes.
  const isThere = version === null || published.some((one) => one.version === version);
  const facts: ModelFacts = {
    run: run === null ? null : await lookAtRun(ports, run, ref),
    changedViews: state.live === null ? [] : await listChangedViews(ports, state.live, state.notes),
    retrain: state.live === null ? null : await lookAtRetraining(ports, state.live, state.notes),
  };
  return { isThere, facts: facts as JsonObject };
}

type RunFacts = NonNullable<ModelFacts['run']>;

async function lookAtRun(ports: ModelPorts, run: StartedRun, ref: Ref): Promise<RunFacts> {
  const { runs, artifacts } = ports;
  const { runKey, modelDigest, placementDigest } = run;
  const observed = await runs.observe(runKey);
  const common = { modelDigest, placementDigest, what: describeRun(runKey, observed) };
  const rest = { evaluation: null, isOutdated: false };
  if (observed.state === 'absent') {
    const published = await artifacts.findByRun(runKey);
    if (published === null) return { ...common, ...rest, state: 'absent' };
    return { ...common, ...rest, state: 'succeeded', evaluation: published.evaluation };
  }
  if (observed.state === 'succeeded') {
    const { evaluation } = await runs.readResult(runKey);
    return { ...common, ...rest, state: 'succeeded', evaluation };
  }
  if (observed.state !== 'failed') return { ...common, ...rest, state: observed.state };
  const isOutdated = observed.isCancelled || (await wouldDiffer(ports, run, ref));
  return { ...common, ...rest, state: 'failed', isOutdated };
}

/** Whether the same definition would be another run by now: its data or its trainer has changed. */
async function wouldDiffer(ports: ModelPorts, run: StartedRun, ref: Ref): Promise<boolean> {
  const forms = createZoneForms(ports.definitions);
  const model = toModelForm(ref, run.spec);
  try {
    const input = await resolveTrainingInput({ ...ports, forms }, model, run.trainerDigest);
    return planTraining(input).runKey !== run.runKey;
  } catch (error) {
    // What it is made from is not there at the moment: nothing could be started.
    if (isCodedError(error)) return false;
    throw error;
  }
}

function toModelForm({ kind, namespace, name }: Ref, spec: JsonObject): NormalForm {
  return { apiVersion: 'plumbline.dev/v1alpha1', kind, metadata: { name, namespace }, spec };
}

/** Views of the published version that mean something else by now. */
async function listChangedViews(
  ports: ModelPorts,
  live: NormalForm,
  { run, version }: ModelNotes,
): Promise<readonly string[]> {
  if (version === null) return [];
  try {
    const forms = createZoneForms(ports.definitions);
    const wanted = toFeatureContract(live, await resolveViews(forms, live));
    // Nearly always: then the model's bytes need not be looked at.
    if (run?.contractDigest === toContractDigest(wanted)) return [];
    const trained = (await ports.artifacts.find(version))?.manifest.contract.views ?? [];
    const digests = new Map(trained.map((one) => [one.view, one.definitionDigest]));
    return wanted.views
      .filter(
        ({ view, definitionDigest }) =>
          (digests.get(view) ?? definitionDigest) !== definitionDigest,
      )
      .map(({ view }) => view);
  } catch (error) {
    if (isCodedError(error)) return [];
    throw error;
  }
}

/** Without figures that change all the time: a status does not flap. */
function describeRun(runKey: string, observed: RunObservation): string {
  const name = `its run ${toShortDigest(runKey)}`;
  if (observed.state === 'queued') return `${name} ${observed.why}`;
  if (observed.state === 'running') return `${name} is in the step ${observed.step}`;
  if (observed.state === 'failed') return `${name} failed in ${observed.step}: ${observed.why}`;
  return `${name} is ${observed.state === 'absent' ? 'gone' : 'done'}`;
}
