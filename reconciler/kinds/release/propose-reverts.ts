import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { toRef } from '../../core/contracts/normal-form.ts';
import { toResourcePath } from '../../core/contracts/ref.ts';
import { proposeRevert, toRevertBranch } from '../../core/release/propose-revert.ts';
import { listReleased } from '../../core/release/release-text.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { Proposals } from '../../ports/proposals.ts';
import { readReleaseApproval } from '../release-approval.ts';
import type { ZoneForms } from '../zone-forms.ts';
import type { ReleaseNotes } from './release-notes.ts';

export type RevertPorts = {
  readonly definitions: Definitions;
  readonly artifacts: ArtifactStore;
  readonly proposals: Proposals;
};

/**
 * Asks people to let Git follow a rollback, once for each. What was asked is kept by the forge, so
 * that a restart asks nothing twice.
 */
export function createRevertProposer(
  ports: RevertPorts,
  forms: ZoneForms,
): (live: NormalForm, notes: ReleaseNotes) => Promise<void> {
  /** Rollbacks that were seen to, so that the forge is not read again all the time. */
  const settled = new Set<string>();
  return async (live, { position, rollback }) => {
    if (position?.end !== 'rolledBack' || rollback === undefined) return;
    const question = `${toResourcePath(toRef(live))} ${rollback.effectId}`;
    if (settled.has(question)) return;
    const branch = await findBranch(ports, live, position.canary);
    if (branch !== null) await propose(ports, forms, live, { branch, position, rollback });
    settled.add(question);
  };
}

/** Bounded: nobody lets a version out of the quarantine so often. */
const MAX_TIMES = 20;

/** Null when people were asked and have not answered by a merge, or have said no. */
async function findBranch(
  { proposals }: RevertPorts,
  live: NormalForm,
  version: string,
): Promise<string | null> {
  for (let times = 1; times <= MAX_TIMES; times += 1) {
    const branch = toRevertBranch(toRef(live), version, times);
    const state = await proposals.stateOf(branch);
    if (state === null) return branch;
    if (state !== 'merged') return null;
  }
  return null;
}

async function propose(
  { definitions, artifacts, proposals }: RevertPorts,
  forms: ZoneForms,
  live: NormalForm,
  { branch, position, rollback }: Required<ReleaseNotes> & { readonly branch: string },
): Promise<void> {
  const ref = toRef(live);
  const { canary, stable } = position;
  const file = await proposals.findFile(ref);
  // Main asks for something else by now.
  const words = { namespace: ref.namespace, endpoint: ref.name };
  if (file === null || stable === null) return;
  if (!listReleased(file.text, words).includes(canary)) return;
  const form = await forms.require('Endpoint', ref.name, ref.namespace);
  const { environment } = toTypedSpec(form, 'Endpoint');
  const record = (await artifacts.list(null)).find(({ version }) => version === canary);
  const proposal = proposeRevert({
    ...{ endpoint: { ...ref, kind: 'Endpoint' }, environment, branch, stable, file, ...rollback },
    approval: await readReleaseApproval(definitions, environment),
    failed: { version: canary, runKey: record?.runKey ?? canary },
  });
  if (proposal === null) throw new Error(`${toResourcePath(ref)}: ${UNEDITABLE}`);
  await proposals.open(proposal);
}

const UNEDITABLE = 'its release stands in a file that cannot be edited; revert it by hand';
