import type { JsonObject } from '../../contracts/json.ts';
import { PLATFORM_NAMESPACE, type Ref, type RefKey, toRefKey } from '../../contracts/ref.ts';
import type { Kind, SpecByKind } from '../../spec/generated/kinds.generated.ts';
import { findKind } from '../../spec/identify.ts';
import { checkBatchPredictionFit } from './batch-prediction.ts';
import { checkFeatureViewFit } from './feature-view.ts';
import type { Find, FitCheck, Misfit } from './fit-check.ts';
import { checkModelFit } from './model.ts';

const CHECKS: { readonly [K in Kind]?: FitCheck<SpecByKind[K]> } = {
  BatchPrediction: checkBatchPredictionFit,
  FeatureView: checkFeatureViewFit,
  Model: checkModelFit,
};

/**
 * Where a resource does not fit what it names; `specOf` gives the spec of what has a key. Every
 * spec must be one that its kind's schema accepts.
 */
export function listMisfits(
  { ref, spec }: { readonly ref: Ref; readonly spec: JsonObject },
  specOf: (key: RefKey) => JsonObject | undefined,
): readonly Misfit[] {
  const check = CHECKS[ref.kind as Kind] as FitCheck<unknown> | undefined;
  if (check === undefined) return [];
  const find: Find = (kind, name) => {
    const namespace = findKind(kind)?.scope === 'platform' ? PLATFORM_NAMESPACE : ref.namespace;
    const to = { kind, namespace, name };
    const found = specOf(toRefKey(to));
    return found === undefined
      ? null
      : { ref: to, spec: found as unknown as SpecByKind[typeof kind] };
  };
  return check(spec, find);
}
