import type {
  BatchingSettings,
  EndpointRoute,
} from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import {
  type AssignVersion,
  createVersionAssignment,
} from '../../../reconciler/core/serving/assign-version.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { CounterCollector } from '../counters.ts';
import { type BatchQueue, createBatchQueue } from '../models/batch-queue.ts';
import type { Turn } from '../turn.ts';
import type { LoadedVersion } from './loaded-versions.ts';
import type { ServedVersion } from './served-version.ts';

/** An endpoint of the route table in force. It never changes; the next table makes another one. */
export type ServedEndpoint = {
  readonly route: EndpointRoute;
  readonly versions: ReadonlyMap<string, ServedVersion>;
  /** Why versions of the route are not among them. */
  readonly failed: ReadonlyMap<string, string>;
  /** Null when no version has a share. */
  readonly assign: (entityKey: string) => ServedVersion | null;
};

export type ServedEndpointDeps = {
  readonly counters: CounterCollector;
  readonly turn: Turn;
  readonly clock: Clock;
};

/** Shares of versions that are not loaded go to those that are, in proportion. */
export function createServedEndpoint(
  deps: ServedEndpointDeps,
  input: {
    readonly route: EndpointRoute;
    readonly revision: number;
    readonly loaded: readonly LoadedVersion[];
    readonly failed: ReadonlyMap<string, string>;
    /** What serves the endpoint now; its queues go on where they fit. */
    readonly former: ServedEndpoint | null;
  },
): ServedEndpoint {
  const { route, loaded, failed, former } = input;
  const versions = new Map(
    loaded.map((item) => [item.version, toServedVersion(deps, { ...input, former }, item)]),
  );
  const assign: AssignVersion = createVersionAssignment({
    assignmentKey: route.assignmentKey,
    versions: route.versions.filter(({ version }) => versions.has(version)),
  });
  return { route, versions, failed, assign: (key) => versions.get(assign(key) ?? '') ?? null };
}

function toServedVersion(
  deps: ServedEndpointDeps,
  input: {
    readonly route: EndpointRoute;
    readonly revision: number;
    readonly former: ServedEndpoint | null;
  },
  { version, manifest, form, model }: LoadedVersion,
): ServedVersion {
  const { route, former } = input;
  const { turn, clock, counters } = deps;
  const maxRows = Math.min(form.maxRows, route.batching.maxBatchSize, route.batching.maxQueueRows);
  const settings = { ...route.batching, maxBatchSize: maxRows };
  const queue =
    findQueue(former, version, route.batching) ??
    createBatchQueue({ model, settings, turn, clock });
  const recorder = counters.createRecorder({
    endpoint: route.endpoint,
    version,
    routeRevision: input.revision,
    reference: manifest.reference,
  });
  return { version, manifest, form, queue, recorder, threshold: route.threshold, maxRows };
}

/** One queue for each version, or its bound on waiting rows would be none. */
function findQueue(
  former: ServedEndpoint | null,
  version: string,
  batching: BatchingSettings,
): BatchQueue | null {
  const before = former?.route.batching;
  const isSame =
    before?.maxBatchSize === batching.maxBatchSize &&
    before.maxDelayMicroseconds === batching.maxDelayMicroseconds &&
    before.maxQueueRows === batching.maxQueueRows;
  return isSame ? (former?.versions.get(version)?.queue ?? null) : null;
}
