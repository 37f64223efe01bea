import type { IncomingMessage } from 'node:http';
import { CodedError } from '../../core/contracts/coded-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secret } from '../../ports/secrets.ts';
import type { Answer } from '../http/answer.ts';
import { isAuthorised, isLoopbackHeader } from '../http/exposure.ts';
import type { ApiLimits } from './api-limits.ts';
import type { Route } from './routes.ts';

export type AnswerDeps = {
  readonly routes: ReadonlyMap<string, Route>;
  readonly token: Secret | null;
  readonly limits: ApiLimits;
  readonly clock: Clock;
};

/** Refuses by throwing, cheapest check first, and who may ask before what there is. */
export async function answerRequest(deps: AnswerDeps, request: IncomingMessage): Promise<Answer> {
  const { method, url = '', headers } = request;
  const [path = '', query = ''] = splitUrl(url, deps.limits.maxUrlLength);
  const route = deps.routes.get(path);
  if (deps.token === null) checkHost(request);
  else if (route?.isOpen !== true && !isAuthorised(headers.authorization, deps.token)) {
    throw new CodedError('P704', 'send the header Authorization: Bearer and the token');
  }
  if (route === undefined) throw new CodedError('P701', 'there is nothing under this path');
  if (method !== 'GET' && method !== 'HEAD') {
    throw new CodedError('P702', 'only GET and HEAD are answered');
  }
  if (hasBody(request)) throw new CodedError('P707', 'no request has a body here');
  return answerInTime(deps, route, query);
}

function splitUrl(url: string, maxLength: number): readonly string[] {
  if (url.length > maxLength) {
    throw new CodedError('P708', `the address has more than ${maxLength} characters`);
  }
  const at = url.indexOf('?');
  return at === -1 ? [url] : [url.slice(0, at), url.slice(at + 1)];
}

/** Node keeps the first of several headers, and a proxy may have looked at the last. */
function checkHost(request: IncomingMessage): void {
  const names = request.rawHeaders.filter((_, index) => index % 2 === 0);
  const count = names.filter((name) => name.toLowerCase() === 'host').length;
  if (count === 1 && isLoopbackHeader(request.headers.host)) return;
  throw new CodedError('P705', 'ask for 127.0.0.1, localhost or [::1]: other names are not ours');
}

export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/** The wait goes on in the background when it is lost; the process does not. */
async function answerInTime(deps: AnswerDeps, route: Route, query: string): Promise<Answer> {
  const done = new AbortController();
  const timeout = deps.clock.sleep(deps.limits.answerTimeoutMs, done.signal).then(() => null);
  try {
    const answer = await Promise.race([route.answer(query), timeout]);
    if (answer !== null) return answer;
    throw new CodedError('P710', 'the answer was not ready in time', { remedy: 'retry' });
  } finally {
    done.abort();
  }
}
