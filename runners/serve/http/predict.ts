import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import {
  parsePredictRequest,
  toAssignedValues,
} from '../../../reconciler/core/serving/predict-request.ts';
import type { Stopwatch } from '../../../reconciler/ports/clock.ts';
import type { Randomness } from '../../../reconciler/ports/randomness.ts';
import type { FeatureResolver, ResolvedFeatures } from '../features/feature-resolver.ts';
import type { RouteState } from '../routes/route-state.ts';
import { type ServedVersion, score } from '../routes/served-version.ts';
import { type Answer, toJsonAnswer, toUnknownModel } from './answer.ts';
import { assignVersion } from './assign-version.ts';

export type PredictDeps = {
  readonly routes: Pick<RouteState, 'find'>;
  readonly randomness: Randomness;
  readonly stopwatch: Stopwatch;
  readonly resolverOf: (served: ServedVersion) => FeatureResolver;
};

/** As wide as a UUID: two predictions never get the same. */
const ID_BYTES = 16;

/** Our own door: who asks names an entity, and the node looks its features up. */
export async function answerPredict(
  deps: PredictDeps,
  model: string,
  body: unknown,
  isGone: () => boolean,
): Promise<Answer> {
  const endpoint = deps.routes.find(model);
  if (endpoint === null) throw toUnknownModel(model);
  const request = parsePredictRequest(body);
  const served = assignVersion(deps, endpoint, toAssignedValues(request.entities));
  if (!served.form.takesFeatures) throw new CodedError('P821', NOT_BY_ENTITY);
  // While features are looked up a new route table may come into force: the old version waits.
  const release = served.queue.hold();
  try {
    const resolved = await deps.resolverOf(served).resolve(request);
    const tensors = [toTensor(served, resolved.row)];
    const { scores } = await score(served, { rows: 1, tensors, isGone }, deps.stopwatch);
    return toAnswer(deps, endpoint.route, served, resolved, scores[0] as number);
  } finally {
    release();
  }
}

const NOT_BY_ENTITY =
  'this model takes tensors that are no features: ask it under /v2/models by the protocol';

function toTensor({ form }: ServedVersion, row: Float32Array) {
  const name = form.inputs[0]?.name ?? '';
  return { name, datatype: 'FP32', shape: [1, row.length], data: row } as const;
}

function toAnswer(
  { randomness }: PredictDeps,
  route: { readonly endpoint: string; readonly model: string },
  { version, threshold, manifest }: ServedVersion,
  { statuses }: ResolvedFeatures,
  found: number,
): Answer {
  const features = manifest.contract.features.map(
    ({ name }, index) => [name, { status: statuses[index] }] as const,
  );
  return toJsonAnswer({
    predictionId: Buffer.from(randomness.bytes(ID_BYTES)).toString('hex'),
    endpoint: route.endpoint,
    model: route.model,
    version,
    score: found,
    threshold,
    decision: found >= threshold,
    features: Object.fromEntries(features),
  });
}
