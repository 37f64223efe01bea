import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { proposeRelease, toReleaseBranch } from '../../core/release/propose-release.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { Proposals } from '../../ports/proposals.ts';
import { createKeptStates } from '../kept-states.ts';
import { readReleaseApproval } from '../release-approval.ts';
import { createZoneForms, type ZoneForms } from '../zone-forms.ts';

export type ReleaseProposerPorts = {
  readonly definitions: Definitions;
  readonly artifacts: ArtifactStore;
  readonly proposals: Proposals;
};

/**
 * Asks people for a release of every version that passed its gates, once for each endpoint. What
 * was asked is kept by the forge, so that a restart asks nothing twice.
 */
export function createReleaseProposer(ports: ReleaseProposerPorts): () => Promise<void> {
  const { definitions } = ports;
  const forms = createZoneForms(definitions);
  /** Questions that were answered, so that the forge is not read again all the time. */
  const settled = new Set<string>();
  return async () => {
    const endpoints = (await definitions.list()).filter(({ kind }) => kind === 'Endpoint');
    for (const ref of endpoints) {
      const endpoint = await forms.find(ref.kind, ref.name, ref.namespace);
      if (endpoint !== null) await proposeFor(ports, forms, endpoint, settled);
    }
  };
}

async function proposeFor(
  ports: ReleaseProposerPorts,
  forms: ZoneForms,
  endpoint: NormalForm,
  settled: Set<string>,
): Promise<void> {
  const { definitions, artifacts, proposals } = ports;
  const ref = toRef(endpoint);
  const { model, environment } = toTypedSpec(endpoint, 'Endpoint');
  const version = await readVersion(definitions, { ...ref, kind: 'Model', name: model });
  if (version === null) return;
  const branch = toReleaseBranch(ref, version);
  const approval = await readReleaseApproval(definitions, environment);
  // Another rule is another answer, also for what waits for a person by now.
  const question = `${branch} ${approval}`;
  if (settled.has(question)) return;
  const record = (await artifacts.list(`${ref.namespace}/${model}`)).find(
    (one) => one.version === version,
  );
  if (record === undefined) return;
  const releaseRef: Ref = { ...ref, kind: 'Release' };
  const release = await forms.find('Release', ref.name, ref.namespace);
  const served = release === null ? [] : toTypedSpec(release, 'Release').versions;
  const file = await proposals.findFile(releaseRef);
  // Named as what is served, or as what must not be.
  const isNamed = [version, record.runKey].some((one) => file?.text.includes(one));
  const state = await proposals.stateOf(branch);
  if (!isNamed && (state === null || (state === 'open' && approval === 'none'))) {
    const about = { endpoint: ref, environment, approval, record, served, file };
    const proposal = proposeRelease(about);
    if (proposal === null) throw new Error(`${toResourcePath(ref)}: ${UNEDITABLE}`);
    await proposals.open(proposal);
  }
  settled.add(question);
}

const UNEDITABLE = 'its release stands in a file that cannot be edited; release it by hand';

/** What a model has come to by its present definition; null while nothing of it passed. */
async function readVersion(definitions: Definitions, ref: Ref): Promise<string | null> {
  const states = createKeptStates<{ readonly version: string | null }>('Model', definitions);
  const { state } = await states.see(ref);
  return state === null || state.live === null ? null : (state.notes.version ?? null);
}
