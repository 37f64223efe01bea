import { type NormalForm, toRef } from '../../core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { toRequiredApprovals } from '../../core/plan/platform-rules.ts';
import { proposeRelease, toReleaseBranch } from '../../core/release/propose-release.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { Proposals } from '../../ports/proposals.ts';
import { createKeptStates, toLiveForm } from '../kept-states.ts';

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
  /** Questions that were answered, so that the forge is not read again all the time. */
  const settled = new Set<string>();
  return async () => {
    const endpoints = (await definitions.list()).filter(({ kind }) => kind === 'Endpoint');
    for (const ref of endpoints) {
      const endpoint = await readLive(definitions, ref);
      if (endpoint !== null) await proposeFor(ports, endpoint, settled);
    }
  };
}

async function proposeFor(
  ports: ReleaseProposerPorts,
  endpoint: NormalForm,
  settled: Set<string>,
): Promise<void> {
  const { definitions, artifacts, proposals } = ports;
  const ref = toRef(endpoint);
  const { model, environment } = toTypedSpec(endpoint, 'Endpoint');
  const version = await readVersion(definitions, { ...ref, kind: 'Model', name: model });
  if (version === null) return;
  const branch = toReleaseBranch(ref, version);
  const approval = await readApproval(definitions, environment);
  // Another rule is another answer, also for what waits for a person by now.
  const question = `${branch} ${approval}`;
  if (settled.has(question)) return;
  const record = (await artifacts.list(`${ref.namespace}/${model}`)).find(
    (one) => one.version === version,
  );
  if (record === undefined) return;
  const releaseRef: Ref = { ...ref, kind: 'Release' };
  const release = await readLive(definitions, releaseRef);
  const served = release === null ? [] : toTypedSpec(release, 'Release').versions;
  const file = await proposals.findFile(releaseRef);
  const isWanted = file?.text.includes(version) === true;
  const state = await proposals.stateOf(branch);
  if (!isWanted && (state === null || (state === 'open' && approval === 'none'))) {
    const about = { endpoint: ref, environment, approval, record, served, file };
    const proposal = proposeRelease(about);
    if (proposal === null) throw new Error(`${toResourcePath(ref)}: ${UNEDITABLE}`);
    await proposals.open(proposal);
  }
  settled.add(question);
}

const UNEDITABLE = 'its release stands in a file that cannot be edited; release it by hand';

/** What an environment lets the machine do counts only where main may hold what nobody approved. */
async function readApproval(
  definitions: Definitions,
  environment: string,
): Promise<'person' | 'none'> {
  const ref = { kind: 'Environment', namespace: PLATFORM_NAMESPACE, name: environment };
  const form = await readLive(definitions, ref);
  if (form === null || toTypedSpec(form, 'Environment').releaseApproval !== 'none') return 'person';
  const platform = (await definitions.list()).find(({ kind }) => kind === 'Platform');
  const rules = platform === undefined ? null : await readLive(definitions, platform);
  return rules !== null && toRequiredApprovals([rules]) === 'none' ? 'none' : 'person';
}

async function readLive(definitions: Definitions, ref: Ref): Promise<NormalForm | null> {
  const { read } = await definitions.observe(ref);
  return read.state === 'present' ? toLiveForm(read.value) : null;
}

/** What a model has come to by its present definition; null while nothing of it passed. */
async function readVersion(definitions: Definitions, ref: Ref): Promise<string | null> {
  const states = createKeptStates<{ readonly version: string | null }>('Model', definitions);
  const { state } = await states.see(ref);
  return state === null || state.live === null ? null : (state.notes.version ?? null);
}
