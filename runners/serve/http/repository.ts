import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { type RouteState, toModelName } from '../routes/route-state.ts';
import type { ServedEndpoint } from '../routes/served-endpoint.ts';
import { type Answer, toJsonAnswer } from './answer.ts';
import { toTold } from './assign-version.ts';

type Deps = { readonly routes: Pick<RouteState, 'find' | 'list'> };

type Line = {
  readonly name: string;
  readonly version: string;
  readonly state: 'READY' | 'UNAVAILABLE';
  readonly reason: string;
};

/** The model repository extension: what is served, one line for each version. */
export function answerIndex({ routes }: Deps, body: unknown): Answer {
  const onlyReady = readOnlyReady(body);
  const lines = routes.list().flatMap(toLines);
  return toJsonAnswer(onlyReady ? lines.filter(({ state }) => state === 'READY') : lines);
}

function readOnlyReady(body: unknown): boolean {
  if (body === undefined) return false;
  if (typeof body !== 'object' || body === null) {
    throw new CodedError('P821', 'the body is no JSON object');
  }
  const ready: unknown = 'ready' in body ? body.ready : false;
  if (typeof ready === 'boolean') return ready;
  throw new CodedError('P821', "Invalid value for 'ready': expected a boolean");
}

function toLines({ route, versions, failed }: ServedEndpoint): readonly Line[] {
  const name = toModelName(route.endpoint);
  if (route.versions.length === 0) {
    return [{ name, version: '', state: 'UNAVAILABLE', reason: 'it awaits a release' }];
  }
  return route.versions.map(({ version }) => {
    if (versions.has(version)) return { name, version, state: 'READY', reason: '' };
    const why = failed.get(version);
    const reason = `it could not be loaded${why === undefined ? '' : `: ${toTold(why)}`}`;
    return { name, version, state: 'UNAVAILABLE', reason };
  });
}

/** What is loaded is said in Git: a request can only learn that it is so already. */
export function answerLoad({ routes }: Deps, model: string): Answer {
  if ((routes.find(model)?.versions.size ?? 0) > 0) return toJsonAnswer({});
  throw new CodedError('P821', 'failed to load: a model is served when a Release says so in Git');
}

export function answerUnload({ routes }: Deps, model: string): Answer {
  if (routes.find(model) === null) return toJsonAnswer({});
  throw new CodedError('P821', 'failed to unload: remove the Endpoint in Git instead');
}
