import { CodedError } from '../contracts/coded-error.ts';
import type {
  ContractFeature,
  ContractView,
  FeatureContract,
} from '../contracts/generated/model-manifest.generated.ts';
import { toDefinitionDigest } from './contract.ts';
import type { FeatureStatus } from './feature-status.ts';
import type { ViewDefinition } from './view-definition.ts';
import type { ViewValues } from './view-values.ts';

/** A contract worked out once, when a model is loaded: a request then costs no look-up by name. */
export type FeatureEncoder = {
  /** Numbers in a row of the model's input. */
  readonly width: number;
  /** In the order in which `encode` takes their values. */
  readonly views: readonly ContractView[];
  /**
   * Writes one row of the model's input at `offset`, NaN where there is no value, and answers the
   * status of each feature. `request` has what the request itself brings, by feature name: left out
   * is NOT_FOUND, null is NULL_VALUE. Throws P821 when one of them is of another type.
   */
  encode(input: {
    readonly views: readonly ViewValues[];
    readonly request: Readonly<Record<string, unknown>>;
    readonly row: Float32Array;
    readonly offset: number;
  }): readonly FeatureStatus[];
};

type Slot =
  | { readonly from: 'view'; readonly view: number; readonly position: number }
  | {
      readonly from: 'request';
      readonly name: string;
      /** Null for a number. */
      readonly categories: ReadonlyMap<string, number> | null;
    };

/**
 * `definitions`: of the contract's views, in any order; others may be among them. Throws P802 when
 * one is missing, for values of another definition would be read into the wrong places.
 */
export function createFeatureEncoder(
  contract: FeatureContract,
  definitions: readonly ViewDefinition[],
): FeatureEncoder {
  const byDigest = new Map(definitions.map((item) => [String(toDefinitionDigest(item)), item]));
  const viewOrder = new Map(contract.views.map(({ view }, index) => [view, index]));
  const slots = contract.features.map((feature): Slot => {
    if (feature.view === null) return toRequestSlot(feature);
    const view = viewOrder.get(feature.view);
    const digest = view === undefined ? undefined : contract.views[view]?.definitionDigest;
    const definition = digest === undefined ? undefined : byDigest.get(digest);
    const position = definition?.features.findIndex(({ name }) => name === feature.name) ?? -1;
    if (view === undefined || position < 0) throw toMissing(feature, feature.view);
    return { from: 'view', view, position };
  });
  return {
    width: slots.length,
    views: contract.views,
    encode({ views, request, row, offset }) {
      return slots.map((slot, index) => {
        if (slot.from === 'request') return encodeRequest(slot, request, row, offset + index);
        const values = views[slot.view];
        row[offset + index] = values?.values[slot.position] ?? Number.NaN;
        return values?.statuses[slot.position] ?? 'NOT_FOUND';
      });
    },
  };
}

/** The position among the known categories; any other is -1. */
export function toCategoryPositions(categories: readonly string[]): ReadonlyMap<string, number> {
  return new Map(categories.map((category, index) => [category, index]));
}

export const UNKNOWN_CATEGORY = -1;

function toRequestSlot({ name, kind, categories }: ContractFeature): Slot {
  const positions = kind === 'category' ? toCategoryPositions(categories) : null;
  return { from: 'request', name, categories: positions };
}

function encodeRequest(
  slot: Extract<Slot, { readonly from: 'request' }>,
  request: Readonly<Record<string, unknown>>,
  row: Float32Array,
  index: number,
): FeatureStatus {
  const { name, categories } = slot;
  const value = Object.hasOwn(request, name) ? request[name] : undefined;
  if (value === undefined || value === null) {
    row[index] = Number.NaN;
    return value === null ? 'NULL_VALUE' : 'NOT_FOUND';
  }
  if (categories === null) {
    if (typeof value !== 'number') throw toBadValue(name, 'a number');
    row[index] = value;
  } else {
    if (typeof value !== 'string') throw toBadValue(name, 'a text');
    row[index] = categories.get(value) ?? UNKNOWN_CATEGORY;
  }
  return 'PRESENT';
}

function toBadValue(name: string, expected: string): CodedError {
  return new CodedError('P821', `features.${name} must be ${expected}, or null for no value`);
}

function toMissing({ name }: ContractFeature, view: string): CodedError {
  return new CodedError(
    'P802',
    `feature ${name} needs the view ${view} as the model was trained on it, and there is none; materialise that definition first`,
  );
}
