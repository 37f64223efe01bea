import { type Digest, digestJson } from '../contracts/digest.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { toResourcePath } from '../contracts/ref.ts';
import { toDurationSeconds } from '../spec/duration.ts';
import type { ModelSpec } from '../spec/generated/model.generated.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

/**
 * The fields of a Model that the bytes of a version depend on, and nothing else: gates, the card,
 * where it trains and for how long may change without a run. Fields at their defaults are left
 * out, so that a field that is added later changes no digest of today. Never edit what version 1
 * means; a new meaning is a new version.
 */
export function toModelProjection(form: NormalForm): JsonObject {
  const spec = toTypedSpec(form, 'Model');
  const { training, label } = spec;
  return leaveOutDefaults({
    v: 1,
    model: toResourcePath(toRef(form)),
    task: spec.task,
    label: {
      source: label.source,
      column: label.column,
      maturitySeconds: toDurationSeconds(label.maturity),
    },
    features: spec.features.map(({ view, names }) => ({ view, names: [...names] })),
    requestFeatures: spec.requestFeatures.map(toRequestFeature),
    trainer: training.trainer,
    parameters: { ...training.parameters },
    asOf: training.window.asOf,
    lengthSeconds: toDurationSeconds(training.window.length),
    validationSeconds: toDurationSeconds(training.split.validation),
    testSeconds: toDurationSeconds(training.split.test),
    seed: training.seed,
    slices: [...spec.evaluation.slices],
  });
}

/** Models of one digest are trained in the same way. */
export function toModelDigest(form: NormalForm): Digest {
  return digestJson(toModelProjection(form));
}

function toRequestFeature({
  name,
  column,
  categories,
}: ModelSpec['requestFeatures'][number]): Json {
  return {
    name,
    ...(column === name ? {} : { column }),
    ...(categories === undefined ? {} : { categories: [...categories] }),
  };
}

function leaveOutDefaults(projection: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(projection).filter(([, value]) => !isDefault(value)));
}

function isDefault(value: Json): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value === null || typeof value !== 'object') return value === 0;
  return Object.keys(value).length === 0;
}
