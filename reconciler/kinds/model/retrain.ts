import { CodedError, isCodedError } from '../../core/contracts/coded-error.ts';
import type { Digest } from '../../core/contracts/digest.ts';
import { toShortDigest } from '../../core/contracts/digest.ts';
import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import type { RetrainFacts } from '../../core/plan/planners/retrain.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import { findNewerAsOf, toCandidate } from '../../core/training/candidate.ts';
import type { Work, WorkInput } from '../kept-handler.ts';
import { createKeptStates } from '../kept-states.ts';
import type { MonitorAlarm, MonitorNotes } from '../monitor-notes.ts';
import { createZoneForms } from '../zone-forms.ts';
import type { Candidate, ModelNotes } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';
import { describePublication, makeVersion } from './publish.ts';
import { beginRun, prepareRun, toRunInputs, toStartedRun } from './start-run.ts';

/** Whether live data asks for another training, and how one that goes on stands. */
export async function lookAtRetraining(
  ports: ModelPorts,
  live: NormalForm,
  notes: ModelNotes,
): Promise<RetrainFacts | null> {
  const { candidate } = notes;
  if (candidate !== undefined && candidate.end === null) return lookAtCandidate(ports, candidate);
  if (toTypedSpec(live, 'Model').retrain === undefined) return null;
  const alarm = await findAlarm(ports, live, notes.version);
  if (alarm === null || isAnswered(alarm, candidate)) return null;
  const asOf = await findAsOf(ports, live, candidate);
  return asOf === null ? { state: 'no-newer-data' } : { state: 'due', asOf, why: alarm.why };
}

/** One that led to a proposal is the answer for its version; one that failed is tried on more data. */
function isAnswered({ version }: MonitorAlarm, candidate: Candidate | undefined): boolean {
  return candidate?.of === version && candidate.end?.version !== null;
}

async function lookAtCandidate({ runs }: ModelPorts, { run }: Candidate): Promise<RetrainFacts> {
  const { state } = await runs.observe(run.runKey);
  const isOver = state === 'succeeded' || state === 'failed' || state === 'absent';
  return { state: isOver ? 'over' : 'running', run: toShortDigest(run.runKey) };
}

/** The last drift that a monitor of one of the model's endpoints told of, if it is of this version. */
export async function findAlarm(
  { definitions }: Pick<ModelPorts, 'definitions'>,
  model: NormalForm,
  version: string | null,
): Promise<MonitorAlarm | null> {
  const { namespace, name } = toRef(model);
  const forms = createZoneForms(definitions);
  const states = createKeptStates<MonitorNotes>('Monitor', definitions);
  for await (const { ref, state } of states.eachLive()) {
    const { told } = state.notes;
    if (ref.namespace !== namespace || told?.verdict !== 'drift' || told.version !== version) {
      continue;
    }
    const form = await forms.find('Endpoint', told.endpoint, namespace);
    if (form !== null && toTypedSpec(form, 'Endpoint').model === name) return told;
  }
  return null;
}

async function findAsOf(
  { snapshots }: ModelPorts,
  model: NormalForm,
  candidate: Candidate | undefined,
): Promise<string | null> {
  const { label } = toTypedSpec(model, 'Model');
  const stored = await snapshots.readAccepted(`${toRef(model).namespace}/${label.source}`);
  const newest = stored?.record.watermark.availableTime ?? null;
  const asOf = findNewerAsOf(model, newest);
  if (asOf === null || candidate === undefined) return asOf;
  const isMuchNewer = Date.parse(asOf) - Date.parse(candidate.asOf) >= DAY_MS;
  return isMuchNewer ? asOf : null;
}

/** What has failed on some rows fails on a few more as well, and each try is a training. */
const DAY_MS = 86_400_000;

/** Trains the same model on the newest data, beside the version that is served. */
export async function retrain(
  ports: ModelPorts,
  input: WorkInput<ModelNotes>,
): Promise<Work<ModelNotes>> {
  const { before } = input;
  const live = before?.live ?? null;
  if (before === null || live === null) throw overtaken();
  const alarm = await findAlarm(ports, live, before.notes.version);
  const asOf = await findAsOf(ports, live, before.notes.candidate);
  if (alarm === null || asOf === null) throw overtaken();
  const model = toCandidate(live, asOf);
  const prepared = await prepareRun(ports, model);
  await ports.runs.raiseFence(input.fence);
  if (!prepared.isKnown) await beginRun(ports, input, prepared);
  const run = toStartedRun(model, prepared.plan);
  const { effectId, version } = alarm;
  const candidate: Candidate = { of: version, alarm: effectId, asOf, run, end: null };
  const summary = `live data drifted from what ${toShortDigest(version)} learnt: starts the run ${toShortDigest(run.runKey)} on data up to ${asOf}`;
  const inputs = { ...toRunInputs(prepared), alarm: effectId };
  return { live, notes: { ...before.notes, candidate }, outcome: { inputs, summary } };
}

/** What a retraining came to: a version that people are asked for, or why nothing is asked. */
export async function conclude(
  ports: ModelPorts,
  { effect, before }: WorkInput<ModelNotes>,
): Promise<Work<ModelNotes>> {
  const candidate = before?.notes.candidate;
  const live = before?.live ?? null;
  if (before === null || live === null || candidate === undefined) throw overtaken();
  const form = toCandidate(live, candidate.asOf);
  const { end, summary, inputs } = await makeEnd(
    ports,
    toResourcePath(effect.ref),
    form,
    candidate,
  );
  const notes = { ...before.notes, candidate: { ...candidate, end } };
  return { live, notes, outcome: { inputs, summary } };
}

async function makeEnd(
  ports: ModelPorts,
  path: string,
  form: NormalForm,
  { run }: Candidate,
): Promise<{
  readonly end: NonNullable<Candidate['end']>;
  readonly summary: string;
  readonly inputs: Readonly<Record<string, Digest>>;
}> {
  const inputs = { run: run.runKey as Digest };
  try {
    const { record } = await makeVersion(ports, path, form, run);
    const summary = `the retraining passed its gates and is proposed: ${describePublication(record)}`;
    const end = { version: record.version, why: '' };
    return { end, summary, inputs: { ...inputs, version: record.version as Digest } };
  } catch (error) {
    if (!isCodedError(error) || error.remedy === 'retry') throw error;
    const why = `${error.code} ${error.message}`;
    return { end: { version: null, why }, summary: `the retraining is given up: ${why}`, inputs };
  }
}

function overtaken(): CodedError {
  const message = 'what asked for a retraining is no longer so';
  return new CodedError('P406', message, { remedy: 'retry' });
}
