import { type NormalForm, toRef } from '../contracts/normal-form.ts';
import { toResourcePath } from '../contracts/ref.ts';
import { toDurationSeconds } from '../spec/duration.ts';
import type { FeatureViewSpec } from '../spec/generated/feature-view.generated.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';
import { toSourceDefinition } from './to-source-definition.ts';
import type { ViewDefinition, ViewFeature } from './view-definition.ts';

/** What the values of a FeatureView depend on: its own form, its entity's and its source's. */
export function toViewDefinition(forms: {
  readonly view: NormalForm;
  readonly entity: NormalForm;
  readonly source: NormalForm;
}): ViewDefinition {
  const spec = toTypedSpec(forms.view, 'FeatureView');
  const source = toSourceDefinition(forms.source);
  const { timeToLive } = spec;
  return {
    v: 1,
    view: toResourcePath(toRef(forms.view)),
    source: source.source,
    keys: toTypedSpec(forms.entity, 'Entity').keys.map(({ name, type }) => ({ name, type })),
    eventTime: source.eventTime,
    availability: source.availability,
    timeToLiveSeconds: timeToLive === undefined ? null : toDurationSeconds(timeToLive),
    features: spec.features.map(toFeature),
  };
}

function toFeature(feature: FeatureViewSpec['features'][number]): ViewFeature {
  const { name, aggregate, column = null, window = null, categories = null } = feature;
  if (aggregate === undefined) {
    if (column === null) throw new Error(`the feature ${name} has neither column nor aggregate`);
    return { name, kind: 'latest', column, categories };
  }
  if (window === null) throw new Error(`the aggregate ${name} has no window`);
  const windowSeconds = toDurationSeconds(window);
  return { name, kind: 'aggregate', function: aggregate, column, windowSeconds };
}
