import { type Fence, isHigherEpoch } from '../../../core/contracts/fence.ts';
import {
  ASSIGNMENT_KEY_BYTES,
  composeRoutes,
  createKeptRoute,
  isRouteChanged,
  isWorthKeeping,
  type KeptRoute,
  withSettings,
  withVersions,
} from '../../../core/serving/compose-routes.ts';
import {
  hearAcknowledgement,
  MAX_HEARD_NODES,
} from '../../../core/serving/hear-acknowledgement.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import type { Routes } from '../../../ports/routes.ts';
import type { MemoryRouteTables } from './tables.ts';

export function createMemoryRoutes(deps: {
  readonly zone: string;
  readonly tables: MemoryRouteTables;
  readonly randomness: Randomness;
}): Routes {
  const { zone, tables, randomness } = deps;
  const makeKey = () => Buffer.from(randomness.bytes(ASSIGNMENT_KEY_BYTES)).toString('hex');
  const compose = (revision: number, routes: Iterable<KeptRoute>) =>
    composeRoutes(zone, revision, [...routes]);

  const change = (fence: Fence, endpoint: string, edit: (kept: KeptRoute) => KeptRoute): number => {
    raiseEpoch(tables, fence);
    const before = tables.routes.get(endpoint) ?? createKeptRoute(endpoint);
    const after = edit(before);
    const routes = new Map(tables.routes).set(endpoint, after);
    const revision = tables.revision + (isRouteChanged(before, after) ? 1 : 0);
    compose(revision, routes.values());
    tables.revision = revision;
    if (isWorthKeeping(after)) tables.routes.set(endpoint, after);
    else tables.routes.delete(endpoint);
    return revision;
  };

  return {
    raiseFence: async (fence) => raiseEpoch(tables, fence),

    async putEndpoint(fence, endpoint, settings) {
      const copy = structuredClone(settings);
      change(fence, endpoint, (kept) => withSettings(kept, copy, makeKey));
    },

    async putVersions(fence, endpoint, versions) {
      const copy = structuredClone(versions);
      return change(fence, endpoint, (kept) => withVersions(kept, copy));
    },

    read: async () => compose(tables.revision, tables.routes.values()),

    async skipBeyond(revision) {
      tables.revision = Math.max(tables.revision, revision + 1);
    },

    async acknowledge(acknowledgement) {
      const { node } = acknowledgement;
      const word = structuredClone(acknowledgement);
      const heard = hearAcknowledgement(tables.nodes.get(node) ?? null, word);
      if (heard === null) return;
      tables.nodes.delete(node);
      tables.nodes.set(node, heard);
      const [oldest] = tables.nodes.keys();
      if (tables.nodes.size > MAX_HEARD_NODES && oldest !== undefined) tables.nodes.delete(oldest);
    },

    async listAcknowledgements() {
      const words = [...tables.nodes.values()].map(({ last }) => structuredClone(last));
      return words.sort((left, right) => (left.node < right.node ? -1 : 1));
    },
  };
}

function raiseEpoch(tables: MemoryRouteTables, fence: Fence): void {
  if (isHigherEpoch(tables.epoch, fence)) tables.epoch = fence.epoch;
}
