import { CodedError } from '../contracts/coded-error.ts';
import type {
  BatchingSettings,
  EndpointRoute,
  RouteTable,
  VersionShare,
} from '../contracts/generated/route-table.generated.ts';
import { checkContract } from '../contracts/parse-contract.ts';

/** What is kept of one endpoint: its settings and its versions come and go on their own. */
export type KeptRoute = {
  readonly endpoint: string;
  readonly settings: KeptSettings | null;
  readonly versions: readonly VersionShare[] | null;
  /** Null exactly while there are no settings. */
  readonly assignmentKey: string | null;
};

export type KeptSettings = {
  readonly model: string;
  readonly threshold: number;
  readonly batching: BatchingSettings;
};

/** As long as the digest that requests are assigned with. */
export const ASSIGNMENT_KEY_BYTES = 32;

/** Percents are written by people with few decimals; their sum may miss 100 by rounding alone. */
const PERCENT_TOLERANCE = 1e-6;

/** Nothing is known of the endpoint yet. */
export function createKeptRoute(endpoint: string): KeptRoute {
  return { endpoint, settings: null, versions: null, assignmentKey: null };
}

/** An endpoint that appears gets a key of its own, and gives it up when it goes. */
export function withSettings(
  kept: KeptRoute,
  settings: KeptSettings | null,
  makeKey: () => string,
): KeptRoute {
  const assignmentKey = settings === null ? null : (kept.assignmentKey ?? makeKey());
  return { ...kept, settings, assignmentKey };
}

/** Throws P807 for shares that no request could be assigned by. */
export function withVersions(kept: KeptRoute, versions: readonly VersionShare[] | null): KeptRoute {
  if (versions === null || versions.length === 0) return { ...kept, versions: null };
  const sum = versions.reduce((total, { percent }) => total + percent, 0);
  if (!(Math.abs(sum - 100) <= PERCENT_TOLERANCE)) {
    throw refuse(`the shares of ${kept.endpoint} sum to ${sum} and not to 100`);
  }
  if (new Set(versions.map(({ version }) => version)).size < versions.length) {
    throw refuse(`${kept.endpoint} names a version twice`);
  }
  return { ...kept, versions };
}

/** Whether nodes would see the difference: only then is there a new revision. */
export function isRouteChanged(before: KeptRoute, after: KeptRoute): boolean {
  return JSON.stringify(toRoute(before)) !== JSON.stringify(toRoute(after));
}

/** Nothing is kept of an endpoint without settings and versions. */
export function isWorthKeeping({ settings, versions }: KeptRoute): boolean {
  return settings !== null || versions !== null;
}

/** The same for the same input, byte by byte. Throws P807 when nodes could not read the table. */
export function composeRoutes(
  zone: string,
  revision: number,
  kept: readonly KeptRoute[],
): RouteTable {
  const endpoints = kept
    .map(toRoute)
    .filter((route) => route !== null)
    .sort((left, right) => (left.endpoint < right.endpoint ? -1 : 1));
  const checked = checkContract('RouteTable', { v: 1, zone, revision, endpoints });
  if (checked.state === 'valid') return checked.value;
  throw refuse(`the route table of ${zone} would be malformed at ${checked.why}`);
}

/** Members in one order, whoever wrote them: the text of a table is compared and kept. */
function toRoute({ endpoint, settings, versions, assignmentKey }: KeptRoute): EndpointRoute | null {
  if (settings === null || assignmentKey === null) return null;
  const { model, threshold, batching } = settings;
  const { maxBatchSize, maxDelayMicroseconds, maxQueueRows } = batching;
  return {
    endpoint,
    model,
    threshold,
    batching: { maxBatchSize, maxDelayMicroseconds, maxQueueRows },
    assignmentKey,
    versions: (versions ?? []).map(({ version, percent }) => ({ version, percent })),
  };
}

function refuse(why: string): CodedError {
  return new CodedError('P807', `${why}; the routes stay as they were`);
}
