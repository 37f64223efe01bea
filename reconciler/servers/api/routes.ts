import { CodedError } from '../../core/contracts/coded-error.ts';
import type { RecentStory } from '../../core/status/recent-story.ts';
import type { ZoneStatus } from '../../core/status/zone-status.ts';
import type { Answer } from '../http/answer.ts';
import { NO_QUERY, parseQuery } from '../http/parse-query.ts';
import { listNotReady } from './readiness.ts';
import { renderStatusPage, STYLE_DIGEST } from './status-page.ts';
import { ZONE_QUERY } from './zone-query.ts';

export type Liveness = {
  readonly isAlive: boolean;
  /** Why not, for people. */
  readonly reasons: readonly string[];
};

export type RouteDeps = {
  readonly readStatus: () => readonly ZoneStatus[] | Promise<readonly ZoneStatus[]>;
  /** What waits for people, and what was done last. Never fails: it says what it cannot read. */
  readonly readRecent: () => RecentStory | Promise<RecentStory>;
  readonly readLiveness: () => Liveness | Promise<Liveness>;
};

export type Route = {
  /** Says nothing but that the process lives, so that a probe needs no secret. */
  readonly isOpen: boolean;
  /** Takes the text after the `?` and returns a value, or throws. */
  readonly answer: (query: string) => Promise<Answer>;
};

/** By the exact path: nothing is decoded or resolved on the way to a route. */
export function createRoutes(deps: RouteDeps): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ['/', { isOpen: false, answer: (query) => answerPage(deps, query) }],
    ['/healthz', { isOpen: true, answer: (query) => answerHealth(deps, query) }],
    ['/readyz', { isOpen: false, answer: (query) => answerReadiness(deps, query) }],
    ['/api/v1/recent', { isOpen: false, answer: (query) => answerRecent(deps, query) }],
    ['/api/v1/status', { isOpen: false, answer: (query) => answerStatus(deps, query) }],
  ]);
}

async function answerPage(deps: RouteDeps, query: string): Promise<Answer> {
  const html = renderStatusPage(await readZones(deps, query), await deps.readRecent());
  return { kind: 'page', html, styleDigest: STYLE_DIGEST };
}

async function answerHealth(deps: RouteDeps, query: string): Promise<Answer> {
  parseQuery(NO_QUERY, query);
  const { isAlive, reasons } = await deps.readLiveness();
  if (isAlive) return { kind: 'json', status: 200, body: { v: 1, state: 'alive', reasons: [] } };
  return { kind: 'json', status: 503, body: { v: 1, state: 'failing', reasons } };
}

async function answerReadiness(deps: RouteDeps, query: string): Promise<Answer> {
  parseQuery(NO_QUERY, query);
  const reasons = listNotReady(await deps.readStatus());
  if (reasons.length === 0) {
    return { kind: 'json', status: 200, body: { v: 1, state: 'ready', reasons } };
  }
  return { kind: 'json', status: 503, body: { v: 1, state: 'not-ready', reasons } };
}

async function answerRecent(deps: RouteDeps, query: string): Promise<Answer> {
  parseQuery(NO_QUERY, query);
  return { kind: 'json', status: 200, body: { v: 1, ...(await deps.readRecent()) } };
}

async function answerStatus(deps: RouteDeps, query: string): Promise<Answer> {
  return { kind: 'json', status: 200, body: { v: 1, zones: await readZones(deps, query) } };
}

async function readZones(deps: RouteDeps, query: string): Promise<readonly ZoneStatus[]> {
  const { zone } = parseQuery(ZONE_QUERY, query);
  const zones = await deps.readStatus();
  if (zone === undefined) return zones;
  const found = zones.filter((status) => status.zone === zone);
  if (found.length === 0) throw new CodedError('P701', `there is no zone ${zone} here`);
  return found;
}
