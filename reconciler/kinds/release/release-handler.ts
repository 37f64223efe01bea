import { CodedError, isCodedError } from '../../core/contracts/coded-error.ts';
import { toShortDigest } from '../../core/contracts/digest.ts';
import type {
  EndpointRoute,
  RouteTable,
} from '../../core/contracts/generated/route-table.generated.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { planRelease, type ReleaseFacts } from '../../core/plan/planners/release.ts';
import { listShares } from '../../core/release/shares.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { createZoneForms, type ZoneForms } from '../zone-forms.ts';
import { lookAtRollout, type RolloutPorts } from './look-at-rollout.ts';
import {
  giveShares,
  promote,
  restoreShares,
  resumeShares,
  rollBack,
  shiftWeight,
} from './move-traffic.ts';
import type { RevertPorts } from './propose-reverts.ts';
import type { ReleaseNotes } from './release-notes.ts';
import { createRolloutTending } from './tend-rollouts.ts';

export type ReleasePorts = RolloutPorts & RevertPorts;

/** A release gives an endpoint its versions; a data-plane node runs as long as there is one. */
export function createReleaseHandler(ports: ReleasePorts): KindHandler {
  const { definitions, routes, nodes } = ports;
  const forms = createZoneForms(definitions);
  const tendRollouts = createRolloutTending(ports, forms);
  return createKeptHandler<ReleaseNotes>(definitions, {
    kind: 'Release',
    plan: planRelease,
    look: async ({ live, notes }, ref) => {
      if (live === null) return { isThere: false, facts: {} };
      const rollout = await lookAtRollout(ports, forms, live, notes);
      const table = await routes.read();
      const route = findRoute(table, ref);
      if (route === undefined) return { isThere: false, facts: { rollout } };
      const isThere = listShares(live).every(({ version, percent }) =>
        route.versions.some((one) => one.version === version && one.percent === percent),
      );
      const node = await lookAtNodes(ports, table, route);
      const versions = await lookAtVersions(ports, route, node);
      return { isThere, facts: { ...node, ...versions, rollout } };
    },
    make: async (input) => {
      const { action, ref } = input.effect;
      const { before, target } = input;
      if (action === 'refresh') return restoreShares(ports, input);
      if (action === 'resume') return resumeShares(ports, input);
      if (action !== 'rollback') await checkVersions(ports, forms, ref, target);
      if (action !== 'rollback' && action !== 'shift' && action !== 'promote') {
        return giveShares(ports, input);
      }
      const live = before?.live ?? null;
      const facts = live && (await lookAtRollout(ports, forms, live, before?.notes ?? {}));
      const move = { ...input, facts };
      if (action === 'rollback') return rollBack(ports, move);
      return action === 'shift' ? shiftWeight(ports, move) : promote(ports, move);
    },
    unmake: async ({ effect, fence }) => {
      await routes.raiseFence(fence);
      await routes.putVersions(fence, toResourcePath(effect.ref), null);
    },
    tend: async (fence) => {
      const { endpoints } = await routes.read();
      if (endpoints.some(({ versions }) => versions.length > 0)) await nodes.ensureRunning();
      await tendRollouts(fence);
    },
  });
}

function findRoute(table: RouteTable, ref: Ref): EndpointRoute | undefined {
  return table.endpoints.find(({ endpoint }) => endpoint === toResourcePath(ref));
}

async function checkVersions(
  { artifacts }: ReleasePorts,
  forms: ZoneForms,
  ref: Ref,
  form: NormalForm,
): Promise<void> {
  const { endpoint, versions, quarantine = [] } = toTypedSpec(form, 'Release');
  const { model } = toTypedSpec(
    await forms.require('Endpoint', endpoint, ref.namespace),
    'Endpoint',
  );
  for (const { version } of versions) {
    const stored = await artifacts.find(version);
    if (stored === null) {
      throw new CodedError('P807', `there is no version ${version} in this zone`);
    }
    const { model: owner, runKey } = stored.record;
    if (owner !== `${ref.namespace}/${model}`) {
      const message = `${version} is a version of ${owner}, and ${endpoint} serves ${model}`;
      throw new CodedError('P807', message);
    }
    // The same run under another digest is the same failure.
    if (quarantine.some((entry) => entry.runKey === runKey)) {
      const message = `the run ${runKey} of ${version} is in the quarantine of this release`;
      throw new CodedError('P807', message);
    }
  }
}

type NodeFacts = Pick<ReleaseFacts, 'node' | 'why'>;

/**
 * The store is asked for records, which is cheap, and for a version's bytes only while nothing is
 * being loaded: then it is seldom looked at.
 */
async function lookAtVersions(
  { artifacts }: ReleasePorts,
  route: EndpointRoute,
  { node }: NodeFacts,
): Promise<Pick<ReleaseFacts, 'stray' | 'lost'>> {
  const owners = new Map((await artifacts.list(null)).map((one) => [one.version, one.model]));
  let stray: ReleaseFacts['stray'] = null;
  let lost: ReleaseFacts['lost'] = null;
  for (const { version } of route.versions) {
    const of = owners.get(version);
    const isWhole =
      of !== undefined && (node !== 'serving' || (await isInStore(artifacts, version)));
    if (!isWhole) lost ??= version;
    if (of !== undefined && of !== route.model) stray ??= { version, of, serves: route.model };
  }
  return { stray, lost };
}

/** A disk that fails for a moment has lost nothing. */
async function isInStore(artifacts: ArtifactStore, version: string): Promise<boolean> {
  try {
    return (await artifacts.find(version)) !== null;
  } catch (error) {
    if (isCodedError(error, 'P806') && error.remedy !== 'retry') return false;
    throw error;
  }
}

/** Ready is what a node has said of the table in force, never what it was told. */
async function lookAtNodes(
  { routes, nodes }: ReleasePorts,
  table: RouteTable,
  route: EndpointRoute,
): Promise<NodeFacts> {
  const node = await nodes.find();
  const said = await routes.listAcknowledgements();
  const ours = said.find((one) => one.node === node?.name && one.revision >= table.revision);
  if (node === null || ours === undefined) return { node: 'loading', why: '' };
  const wanted = route.versions.map(({ version }) => version);
  const failure = ours.failed.find(({ version }) => wanted.includes(version));
  if (failure !== undefined) {
    return { node: 'failed', why: `${toShortDigest(failure.version)}: ${failure.why}` };
  }
  const isServed = wanted.every((version) => ours.loaded.includes(version));
  return { node: isServed ? 'serving' : 'loading', why: '' };
}
