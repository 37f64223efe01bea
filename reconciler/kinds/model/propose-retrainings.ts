import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { proposeRetrain, toRetrainBranch } from '../../core/release/propose-retrain.ts';
import { createKeptStates } from '../kept-states.ts';
import type { ModelNotes } from './model-notes.ts';
import type { ModelPorts } from './model-ports.ts';
import { findAlarm } from './retrain.ts';

/**
 * Asks people for each retraining that passed its gates, once: the model's window and the release of
 * the version together. What was asked is kept by the forge.
 */
export function createRetrainProposer(ports: ModelPorts): () => Promise<void> {
  const { definitions, proposals } = ports;
  const states = createKeptStates<ModelNotes>('Model', definitions);
  /** Branches that were seen to, so that the forge is not read again all the time. */
  const settled = new Set<string>();
  return async () => {
    for await (const { ref, live, state } of states.eachLive()) {
      const { candidate } = state.notes;
      const version = candidate?.end?.version ?? null;
      if (candidate === undefined || version === null) continue;
      const branch = toRetrainBranch(ref, candidate.of);
      if (settled.has(branch)) continue;
      if ((await proposals.stateOf(branch)) === null) {
        await propose(ports, live, state.notes, version);
      }
      settled.add(branch);
    }
  };
}

async function propose(
  ports: ModelPorts,
  live: NormalForm,
  { candidate, version: published }: ModelNotes,
  version: string,
): Promise<void> {
  const model = toRef(live);
  const alarm = await findAlarm(ports, live, published);
  const record = (await ports.artifacts.list(toResourcePath(model))).find(
    (one) => one.version === version,
  );
  // Another version is served by now, or another definition is: nobody needs this one.
  if (candidate === undefined || alarm === null || record === undefined) return;
  if (alarm.version !== candidate.of) return;
  const endpoint = { ...model, kind: 'Endpoint', name: alarm.endpoint };
  const modelFile = await ports.proposals.findFile(model);
  const releaseFile = await ports.proposals.findFile({ ...endpoint, kind: 'Release' });
  const { asOf, of } = candidate;
  const { effectId } = alarm;
  const proposal =
    modelFile === null || releaseFile === null
      ? null
      : proposeRetrain({
          ...{ model, endpoint, asOf, of, record, modelFile, releaseFile },
          alarm: { effectId, verdict: alarm },
        });
  if (proposal === null) throw new Error(`${toResourcePath(model)}: ${UNEDITABLE}`);
  await ports.proposals.open(proposal);
}

const UNEDITABLE =
  'its model or its release stands in a file that cannot be edited; move the window by hand';
