import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { CodedError } from '../../core/contracts/coded-error.ts';
import type { Counters } from '../../ports/counters.ts';
import type { Routes } from '../../ports/routes.ts';
import type { Secret } from '../../ports/secrets.ts';
import { isAuthorised, isLoopbackHeader } from '../http/exposure.ts';
import { NO_QUERY, parseQuery } from '../http/parse-query.ts';
import type { ControlLimits } from './control-limits.ts';
import { type ControlPath, parseControlPath } from './parse-control-path.ts';
import { readBody } from './read-body.ts';
import type { RouteWaiters } from './route-waiters.ts';

export type ControlledZone = { readonly routes: Routes; readonly counters: Counters };

export type NodeAnswerDeps = {
  /** Zones open and close while the server runs. */
  readonly findZone: (zone: string) => ControlledZone | null;
  readonly token: Secret;
  readonly limits: ControlLimits;
  readonly waiters: RouteWaiters;
};

/** Null: there is nothing to say. */
export type NodeAnswer = object | null;

const FOLLOW_QUERY = z.strictObject({
  after: z
    .stringFormat('revision', /^(0|[1-9]\d{0,15})$/)
    .transform(Number)
    .refine(Number.isSafeInteger, 'is beyond 2^53'),
});

/** Refuses by throwing; who may ask comes before what there is. `signal` ends a wait. */
export async function answerNode(
  deps: NodeAnswerDeps,
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  const { method = '', url = '', headers } = request;
  if (!isLoopbackHeader(headers.host)) {
    throw new CodedError('P705', 'ask for 127.0.0.1: other names are not ours');
  }
  if (!isAuthorised(headers.authorization, deps.token)) {
    throw new CodedError('P704', 'send the header Authorization: Bearer and the token');
  }
  const path = parseControlPath(method, url, deps.limits.maxUrlLength);
  const zone = deps.findZone(path.zone);
  if (zone === null) {
    throw new CodedError('P701', `the zone ${path.zone} is not open here`, { remedy: 'retry' });
  }
  if (path.task === 'routes') return answerRoutes(deps, path, zone.routes, signal);
  parseQuery(NO_QUERY, path.query);
  return takeMessage(deps, request, path, zone);
}

async function answerRoutes(
  { waiters }: NodeAnswerDeps,
  { zone, query }: ControlPath,
  routes: Routes,
  signal: AbortSignal,
): Promise<NodeAnswer> {
  const { after } = parseQuery(FOLLOW_QUERY, query);
  return waiters.follow(zone, routes, after, signal);
}

async function takeMessage(
  { limits }: NodeAnswerDeps,
  request: IncomingMessage,
  path: ControlPath,
  zone: ControlledZone,
): Promise<NodeAnswer> {
  if (path.task === 'acknowledgements') {
    const word = await readBody(request, 'RouteAcknowledgement', limits.maxBodyBytes);
    requireZone(path.zone, word.zone);
    await zone.routes.acknowledge(word);
    return { v: 1, state: 'taken' };
  }
  const delta = await readBody(request, 'CounterDelta', limits.maxBodyBytes);
  requireZone(path.zone, delta.zone);
  return { v: 1, state: await zone.counters.accept(delta) };
}

/** Counts never cross the border of a zone, not even by mistake. */
function requireZone(asked: string, given: string): void {
  if (asked === given) return;
  throw new CodedError('P703', `the body is of the zone ${JSON.stringify(given)}, not ${asked}`);
}
