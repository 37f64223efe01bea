import type { RouteAcknowledgement } from '../../../reconciler/core/contracts/generated/route-acknowledgement.generated.ts';
import type {
  EndpointRoute,
  RouteTable,
} from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { Log } from '../../../reconciler/ports/log.ts';
import type { LoadedVersion, LoadedVersions } from './loaded-versions.ts';
import {
  createServedEndpoint,
  type ServedEndpoint,
  type ServedEndpointDeps,
} from './served-endpoint.ts';

export type AppliedRoutes = Pick<RouteAcknowledgement, 'loaded' | 'failed'>;

export type RouteState = {
  /** Prepares all versions of a table, then serves it in one step. One after the other. */
  readonly apply: (table: RouteTable) => Promise<AppliedRoutes>;
  /** By the name of clients: `payments.fraud`. */
  readonly find: (modelName: string) => ServedEndpoint | null;
  readonly list: () => readonly ServedEndpoint[];
  /** Whether any table was ever applied. */
  readonly hasTable: () => boolean;
  /** Lets what waits be answered, and closes the models. */
  readonly close: () => Promise<void>;
};

export type RouteStateDeps = ServedEndpointDeps & {
  readonly versions: LoadedVersions;
  readonly log: Log;
};

/** Why, by version. */
type Failed = ReadonlyMap<string, string>;

/** An endpoint is `payments/fraud`; a slash would end a model's name in a path. */
export function toModelName(endpoint: string): string {
  return endpoint.replace('/', '.');
}

/** What is served, and how it becomes something else without a request noticing. */
export function createRouteState(deps: RouteStateDeps): RouteState {
  let served: ReadonlyMap<string, ServedEndpoint> = new Map();
  let hasTable = false;
  let last: Promise<unknown> = Promise.resolve();
  let said: Failed = new Map();

  const apply = async (table: RouteTable): Promise<AppliedRoutes> => {
    const failures = new Map<string, string>();
    const next = new Map<string, ServedEndpoint>();
    for (const route of table.endpoints) {
      const name = toModelName(route.endpoint);
      const former = served.get(name) ?? null;
      const prepared = await prepare(deps, { route, revision: table.revision, former });
      for (const [version, why] of prepared.failed) failures.set(version, why);
      next.set(name, prepared.endpoint);
    }
    logNews(deps.log, said, failures);
    said = failures;
    const former = served;
    served = next;
    hasTable = true;
    // Afterwards: what is served already need not wait for what still finishes.
    void inTurn(() => retire(deps, former, served));
    return report(table, next, failures);
  };

  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };

  return {
    apply: (table) => inTurn(() => apply(table)),
    find: (modelName) => served.get(modelName) ?? null,
    list: () => [...served.values()],
    hasTable: () => hasTable,
    close: () => inTurn(() => retire(deps, served, new Map())),
  };
}

async function prepare(
  deps: RouteStateDeps,
  input: {
    readonly route: EndpointRoute;
    readonly revision: number;
    readonly former: ServedEndpoint | null;
  },
): Promise<{ readonly endpoint: ServedEndpoint; readonly failed: Failed }> {
  const { route, former } = input;
  const loaded: LoadedVersion[] = [];
  const failed = new Map<string, string>();
  for (const { version } of route.versions) {
    const result = await deps.versions.ensure(version);
    if ('model' in result) loaded.push(result);
    else failed.set(version, result.why.slice(0, 1024));
  }
  // Better the version of before than a share of requests without any.
  if (failed.size > 0 && former !== null && former.versions.size > 0) {
    return { endpoint: former, failed };
  }
  return { endpoint: createServedEndpoint(deps, { ...input, loaded, failed }), failed };
}

/** What fails is tried again within seconds, without end: only another failure is news. */
function logNews(log: Log, said: Failed, failures: Failed): void {
  for (const [version, why] of failures) {
    if (said.get(version) === why) continue;
    const fields = { version };
    log.write({ level: 'error', event: 'version-not-loaded', message: why, fields });
  }
}

/** A queue that nobody can reach any more finishes first; then its model may go. */
async function retire(
  deps: RouteStateDeps,
  former: ReadonlyMap<string, ServedEndpoint>,
  next: ReadonlyMap<string, ServedEndpoint>,
): Promise<void> {
  const kept = new Set(listVersions(next).map(({ queue }) => queue));
  const leaving = listVersions(former).filter(({ queue }) => !kept.has(queue));
  await Promise.all(leaving.map(({ queue }) => queue.drain()));
  await deps.versions.keepOnly(new Set(listVersions(next).map(({ version }) => version)));
}

function listVersions(served: ReadonlyMap<string, ServedEndpoint>) {
  return [...served.values()].flatMap(({ versions }) => [...versions.values()]);
}

function report(
  table: RouteTable,
  served: ReadonlyMap<string, ServedEndpoint>,
  failed: Failed,
): AppliedRoutes {
  const wanted = new Set(table.endpoints.flatMap((route) => route.versions.map((v) => v.version)));
  const ready = new Set(listVersions(served).map(({ version }) => version));
  return {
    loaded: [...wanted].filter((version) => ready.has(version)).sort(),
    failed: [...failed].map(([version, why]) => ({ version, why })),
  };
}
