import { CodedError, isCodedError } from '../../core/contracts/coded-error.ts';
import { type Digest, toShortDigest } from '../../core/contracts/digest.ts';
import type {
  EndpointRoute,
  RouteTable,
} from '../../core/contracts/generated/route-table.generated.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { type Ref, toResourcePath } from '../../core/contracts/ref.ts';
import { planRelease, type ReleaseFacts } from '../../core/plan/planners/release.ts';
import { toTypedSpec } from '../../core/spec/typed-spec.ts';
import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import type { Routes } from '../../ports/routes.ts';
import type { ServingNodes } from '../../ports/serving-nodes.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { createZoneForms, type ZoneForms } from '../zone-forms.ts';

export type ReleasePorts = {
  readonly definitions: Definitions;
  readonly routes: Routes;
  readonly artifacts: ArtifactStore;
  readonly nodes: ServingNodes;
};

/** A release gives an endpoint its versions; a data-plane node runs as long as there is one. */
export function createReleaseHandler(ports: ReleasePorts): KindHandler {
  const { routes, nodes } = ports;
  const forms = createZoneForms(ports.definitions);
  return createKeptHandler(ports.definitions, {
    kind: 'Release',
    plan: planRelease,
    look: async ({ live }, ref) => {
      const table = await routes.read();
      const route = findRoute(table, ref);
      if (live === null || route === undefined) return { isThere: false, facts: {} };
      const isThere = toShares(live).every(({ version, percent }) =>
        route.versions.some((one) => one.version === version && one.percent === percent),
      );
      const node = await lookAtNodes(ports, table, route);
      return { isThere, facts: { ...node, ...(await lookAtVersions(ports, route, node)) } };
    },
    make: async ({ effect, target, fence }) => {
      await checkVersions(ports, forms, effect.ref, target);
      await routes.raiseFence(fence);
      await routes.putVersions(fence, toEndpointPath(effect.ref, target), toShares(target));
      return { notes: {}, outcome: { inputs: toInputs(target) } };
    },
    unmake: async ({ effect, fence }) => {
      await routes.raiseFence(fence);
      await routes.putVersions(fence, toResourcePath(effect.ref), null);
    },
    tend: async () => {
      const { endpoints } = await routes.read();
      if (endpoints.some(({ versions }) => versions.length > 0)) await nodes.ensureRunning();
    },
  });
}

function toShares(form: NormalForm) {
  return toTypedSpec(form, 'Release').versions;
}

/** A release has the name of its endpoint. */
function toEndpointPath({ namespace }: Ref, form: NormalForm): string {
  return `${namespace}/${toTypedSpec(form, 'Release').endpoint}`;
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
  const { endpoint, versions } = toTypedSpec(form, 'Release');
  const { model } = toTypedSpec(
    await forms.require('Endpoint', endpoint, ref.namespace),
    'Endpoint',
  );
  for (const { version } of versions) {
    const stored = await artifacts.find(version);
    if (stored === null) {
      throw new CodedError('P807', `there is no version ${version} in this zone`);
    }
    const { model: owner } = stored.record;
    if (owner === `${ref.namespace}/${model}`) continue;
    throw new CodedError(
      'P807',
      `${version} is a version of ${owner}, and ${endpoint} serves ${model}`,
    );
  }
}

function toInputs(form: NormalForm): Readonly<Record<string, Digest>> {
  const names = toShares(form).map(({ version }, index) => [`version${index}`, version as Digest]);
  return Object.fromEntries(names);
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
