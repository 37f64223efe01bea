import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { EntityValue } from '../../../reconciler/core/serving/assignment-text.ts';
import {
  parseEnvelope,
  parseInferenceRequest,
} from '../../../reconciler/core/serving/inference-request.ts';
import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';
import type { Stopwatch } from '../../../reconciler/ports/clock.ts';
import type { Randomness } from '../../../reconciler/ports/randomness.ts';
import type { RouteState } from '../routes/route-state.ts';
import { toModelName } from '../routes/route-state.ts';
import type { ServedEndpoint } from '../routes/served-endpoint.ts';
import { type ServedVersion, score } from '../routes/served-version.ts';
import { type Answer, toJsonAnswer, toUnknownModel } from './answer.ts';
import { assignVersion, toNotReady } from './assign-version.ts';
import type { ModelTarget } from './resolve-path.ts';

export type ProtocolDeps = {
  readonly routes: Pick<RouteState, 'find' | 'list' | 'hasTable'>;
  readonly randomness: Randomness;
  readonly stopwatch: Stopwatch;
  /** Of the program, as the server's metadata has it. */
  readonly build: string;
  readonly isStopping: () => boolean;
};

/** The Open Inference Protocol names the models of ONNX so. */
const PLATFORM = 'onnx_onnxv1';

export function answerServerMetadata({ build }: ProtocolDeps): Answer {
  return toJsonAnswer({ name: 'plumbline', version: build, extensions: ['model_repository'] });
}

/** Being alive and being ready are told in the words of either document of the protocol. */
export function answerLive(deps: ProtocolDeps): Answer {
  return toJsonAnswer({ live: true, ready: isReady(deps) });
}

export function answerReady(deps: ProtocolDeps): Answer {
  if (isReady(deps)) return toJsonAnswer({ live: true, ready: true });
  const why = deps.isStopping() ? 'the node is stopping' : 'the node has no routes yet';
  throw new CodedError('P823', why, { remedy: 'retry' });
}

function isReady({ routes, isStopping }: ProtocolDeps): boolean {
  return routes.hasTable() && !isStopping();
}

export function answerModelReady(deps: ProtocolDeps, target: ModelTarget): Answer {
  const { endpoint } = findServed(deps, target);
  return toJsonAnswer({ name: toModelName(endpoint.route.endpoint), ready: true });
}

export function answerModelMetadata(deps: ProtocolDeps, target: ModelTarget): Answer {
  const { endpoint, served } = findServed(deps, target);
  const { inputs, outputs } = served.form;
  return toJsonAnswer({
    name: toModelName(endpoint.route.endpoint),
    versions: target.version === null ? [...endpoint.versions.keys()] : [served.version],
    platform: PLATFORM,
    inputs,
    outputs,
  });
}

/** Any version that is served, or the one that is asked for. Throws P822 or P823. */
function findServed({ routes }: ProtocolDeps, { model, version }: ModelTarget) {
  const endpoint = routes.find(model);
  if (endpoint === null) throw toUnknownModel(model);
  const served = version === null ? firstOf(endpoint) : (endpoint.versions.get(version) ?? null);
  if (served !== null) return { endpoint, served };
  throw version === null ? toNotReady(endpoint) : toUnknownModel(`${model}:${version}`);
}

function firstOf({ versions }: ServedEndpoint): ServedVersion | null {
  const [first] = versions.values();
  return first ?? null;
}

export async function answerInfer(
  deps: ProtocolDeps,
  target: ModelTarget,
  body: unknown,
  isGone: () => boolean,
): Promise<Answer> {
  const endpoint = deps.routes.find(target.model);
  if (endpoint === null) throw toUnknownModel(target.model);
  const envelope = parseEnvelope(body);
  const { entity, id } = envelope;
  const served = chooseVersion(deps, endpoint, target, entity ?? (id === null ? null : [id]));
  const request = parseInferenceRequest(envelope, { ...served.form, maxRows: served.maxRows });
  const { outputs } = await score(served, { ...request, isGone }, deps.stopwatch);
  const head = JSON.stringify({
    model_name: toModelName(endpoint.route.endpoint),
    model_version: served.version,
    ...(envelope.id === null ? {} : { id: envelope.id }),
  });
  const asked = request.outputs;
  const answered =
    asked === null ? outputs : asked.flatMap((name) => outputs.filter((o) => o.name === name));
  return {
    status: 200,
    text: `${head.slice(0, -1)},"outputs":[${answered.map(write).join(',')}]}`,
  };
}

function chooseVersion(
  deps: ProtocolDeps,
  endpoint: ServedEndpoint,
  { model, version }: ModelTarget,
  entity: readonly EntityValue[] | null,
): ServedVersion {
  if (version === null) return assignVersion(deps, endpoint, entity);
  const served = endpoint.versions.get(version);
  if (served === undefined) throw toUnknownModel(`${model}:${version}`);
  return served;
}

/** Written by hand, because JSON.stringify knows no BigInt; a list of numbers joins to JSON. */
function write({ name, datatype, shape, data }: Tensor): string {
  const head = JSON.stringify({ name, datatype, shape });
  if (data instanceof Float32Array || data instanceof Float64Array) {
    if (data.some((value) => !Number.isFinite(value))) {
      throw new CodedError('P825', `output '${name}' holds a value that JSON cannot carry`);
    }
  }
  return `${head.slice(0, -1)},"data":[${data.join(',')}]}`;
}
