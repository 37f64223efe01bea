import { CodedError } from '../contracts/coded-error.ts';
import type { FeatureContract } from '../contracts/generated/model-manifest.generated.ts';
import { isJsonObject } from '../contracts/json.ts';
import { toEntityKey } from '../features/entity-key.ts';
import { type EntityValue, isEntityValue } from './assignment-text.ts';

export type PredictRequest = {
  readonly entities: Readonly<Record<string, EntityValue>>;
  readonly features: Readonly<Record<string, unknown>>;
};

const MAX_KEYS = 64;
const MAX_FEATURES = 1024;

/** Who is asked about, and what the request itself knows of them. Throws P821. */
export function parsePredictRequest(body: unknown): PredictRequest {
  if (!isJsonObject(body)) throw refuse('the body is no JSON object');
  const { entities = {}, features = {}, ...others } = body;
  const [other] = Object.keys(others);
  if (other !== undefined) throw refuse('the body has entities and features, and nothing else');
  if (!isJsonObject(entities) || Object.keys(entities).length > MAX_KEYS) {
    throw refuse('entities are no object, or a very large one');
  }
  if (!isJsonObject(features) || Object.keys(features).length > MAX_FEATURES) {
    throw refuse('features are no object, or a very large one');
  }
  return { entities: checkEntities(entities), features };
}

function checkEntities(
  entities: Readonly<Record<string, unknown>>,
): Readonly<Record<string, EntityValue>> {
  for (const [name, value] of Object.entries(entities)) {
    if (!isEntityValue(value)) {
      throw refuse(`entities.${toShown(name)} is no text, whole number or boolean`);
    }
  }
  return entities as Readonly<Record<string, EntityValue>>;
}

/** All of an entity, in an order of its own; null when the request names nobody. */
export function toAssignedValues(
  entities: PredictRequest['entities'],
): readonly EntityValue[] | null {
  const names = Object.keys(entities).sort();
  return names.length === 0 ? null : names.map((name) => entities[name] as EntityValue);
}

/** What one contract asks of requests, worked out when a model is loaded. */
export type PredictCheck = {
  /** Throws P821 when a key is missing, or an entity or feature is not the contract's. */
  readonly check: (request: PredictRequest) => void;
  /** One for each view of the contract, in their order. */
  readonly toKeys: (entities: PredictRequest['entities']) => readonly string[];
};

export function createPredictCheck({ views, features }: FeatureContract): PredictCheck {
  const keys = new Set(views.flatMap((view) => view.keys));
  const own = new Set(features.filter(({ view }) => view === null).map(({ name }) => name));
  return {
    check(request) {
      for (const key of keys) {
        if (!Object.hasOwn(request.entities, key)) throw refuse(`entities.${key} is missing`);
      }
      checkKnown(request.entities, keys, 'entities');
      checkKnown(request.features, own, 'features');
    },
    toKeys: (entities) =>
      views.map((view) => toEntityKey(view.keys.map((key) => entities[key] as EntityValue))),
  };
}

function checkKnown(given: object, known: ReadonlySet<string>, what: string): void {
  for (const name of Object.keys(given)) {
    if (known.has(name)) continue;
    const list = known.size === 0 ? 'none' : [...known].join(', ');
    throw refuse(`${what}.${toShown(name)} is not what the model takes, which is ${list}`);
  }
}

/** A name that came from outside is repeated only where it looks like one. */
function toShown(name: string): string {
  return /^\w[\w-]{0,63}$/.test(name) ? name : '…';
}

function refuse(what: string): CodedError {
  return new CodedError('P821', what);
}
