import { type Digest, digestJson } from '../contracts/digest.ts';
import type { FeatureContract } from '../contracts/generated/model-manifest.generated.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { Availability, SourceDefinition } from './source-definition.ts';
import type { ViewDefinition, ViewFeature } from './view-definition.ts';

/*
 * Digests are taken over explicit fields, and a field that says nothing is left out: a later
 * version can then add fields without giving what exists another digest.
 */

export function toContractDigest(contract: FeatureContract): Digest {
  return digestJson({
    v: 1,
    type: 'feature-contract',
    views: contract.views.map(({ view, definitionDigest, keys, timeToLiveSeconds }) => ({
      view,
      definitionDigest,
      keys,
      ...(timeToLiveSeconds === null ? {} : { timeToLiveSeconds }),
    })),
    features: contract.features.map(({ name, view, kind, categories }) => ({
      name,
      kind,
      ...(view === null ? {} : { view }),
      ...(kind === 'category' ? { categories } : {}),
    })),
  });
}

export function toDefinitionDigest(definition: ViewDefinition): Digest {
  const { view, source, keys, eventTime, availability, timeToLiveSeconds, features } = definition;
  return digestJson({
    v: 1,
    type: 'view-definition',
    view,
    source,
    keys: keys.map(({ name, type }) => ({ name, type })),
    eventTime,
    availability: projectAvailability(availability),
    ...(timeToLiveSeconds === null ? {} : { timeToLiveSeconds }),
    features: features.map(projectFeature),
  });
}

/** Of what rows are accepted under. Nulls stay in: the records of snapshots that exist have them. */
export function toSourceDigest(definition: SourceDefinition): Digest {
  const { v, source, format, columns, eventTime, availability } = definition;
  const { maxQuarantinedPercent } = definition;
  return digestJson({
    ...{ v, source, format, eventTime, availability, maxQuarantinedPercent },
    columns: columns.map(({ name, type, nullable, minimum, maximum, values }) => ({
      ...{ name, type, nullable, minimum, maximum, values },
    })),
  });
}

function projectAvailability(availability: Availability): JsonObject {
  if ('column' in availability) return { column: availability.column };
  if ('delaySeconds' in availability) return { delaySeconds: availability.delaySeconds };
  return { eventTime: true };
}

function projectFeature(feature: ViewFeature): Json {
  const { name, kind, column } = feature;
  if (kind === 'latest') {
    const { categories } = feature;
    return { name, kind, column, ...(categories === null ? {} : { categories }) };
  }
  const { function: aggregate, windowSeconds } = feature;
  return {
    name,
    kind,
    function: aggregate,
    windowSeconds,
    ...(column === null ? {} : { column }),
  };
}
