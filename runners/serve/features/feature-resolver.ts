import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { FeatureContract } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import {
  createFeatureEncoder,
  type FeatureEncoder,
} from '../../../reconciler/core/features/encode-features.ts';
import type { FeatureStatus } from '../../../reconciler/core/features/feature-status.ts';
import { readOnlineValues } from '../../../reconciler/core/features/read-online-values.ts';
import type { ViewDefinition } from '../../../reconciler/core/features/view-definition.ts';
import {
  createPredictCheck,
  type PredictRequest,
} from '../../../reconciler/core/serving/predict-request.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type {
  OnlineFeatureReader,
  OnlineLookup,
  OnlineRow,
} from '../../../reconciler/ports/online-features.ts';

export type ResolvedFeatures = {
  readonly row: Float32Array;
  /** In the order of the contract. */
  readonly statuses: readonly FeatureStatus[];
};

/** Turns what a request says of an entity into a row of the model's input. */
export type FeatureResolver = {
  /**
   * Throws P821 for a request that does not fit the contract, P827 when the store is away, and P823
   * when it has no rows of a view at all, which is not the same as a key that nobody knows.
   */
  readonly resolve: (request: PredictRequest) => Promise<ResolvedFeatures>;
};

type Prepared = {
  readonly encoder: FeatureEncoder;
  /** In the order of the contract's views. */
  readonly definitions: readonly ViewDefinition[];
};

export type FeatureResolverDeps = {
  readonly onlineFeatures: OnlineFeatureReader;
  readonly clock: Clock;
};

/** Definitions never change, so they are asked for once; until the store has them, each request asks. */
export function createFeatureResolver(
  { onlineFeatures, clock }: FeatureResolverDeps,
  contract: FeatureContract,
): FeatureResolver {
  const { check, toKeys } = createPredictCheck(contract);
  let prepared: Prepared | null = null;
  return {
    async resolve(request) {
      check(request);
      prepared ??= await prepare(onlineFeatures, contract);
      const { encoder, definitions } = prepared;
      const keys = toKeys(request.entities);
      const rows = await fromStore(() =>
        onlineFeatures.read(
          contract.views.map(({ definitionDigest }, index) => ({
            definitionDigest,
            entityKey: keys[index] as string,
          })),
        ),
      );
      const now = clock.now();
      const views = definitions.map((definition, index) =>
        readOnlineValues(definition, requireMade(rows[index] ?? null, definition.view), now),
      );
      const row = new Float32Array(encoder.width);
      const statuses = encoder.encode({ views, request: request.features, row, offset: 0 });
      return { row, statuses };
    },
  };
}

async function prepare(
  onlineFeatures: OnlineFeatureReader,
  contract: FeatureContract,
): Promise<Prepared> {
  const definitions: ViewDefinition[] = [];
  for (const { view, definitionDigest } of contract.views) {
    const found = await fromStore(() => onlineFeatures.readDefinition(definitionDigest));
    if (found === null) throw toNotMade(view);
    definitions.push(found);
  }
  return { encoder: createFeatureEncoder(contract, definitions), definitions };
}

/**
 * Whether what a version looks up is there, asked before it takes the place of another. Throws P823
 * when it is not, P827 when the store is away, which says nothing of it.
 */
export async function requireFeatures(
  onlineFeatures: OnlineFeatureReader,
  { views }: FeatureContract,
): Promise<void> {
  const keys = views.map(({ definitionDigest }) => ({ definitionDigest, entityKey: ANY_KEY }));
  const rows = await fromStore(() => onlineFeatures.read(keys));
  for (const [index, { view, definitionDigest }] of views.entries()) {
    requireMade(rows[index] ?? null, view);
    const found = await fromStore(() => onlineFeatures.readDefinition(definitionDigest));
    if (found === null) throw toNotMade(view);
  }
}

/** Nobody has it: only whether there are any rows is asked. */
const ANY_KEY = '';

function requireMade(found: OnlineLookup, view: string): OnlineRow | null {
  if (found === 'not-made') throw toNotMade(view);
  return found;
}

function toNotMade(view: string): CodedError {
  const message = `the online features of ${view}, by the definition that the model was trained on, are not in the store: either they are still being made, or the view left Git`;
  return new CodedError('P823', message, { remedy: 'retry' });
}

/** No value is ever made up for a store that does not answer. */
async function fromStore<Result>(read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    throw new CodedError('P827', 'the store of online features does not answer', {
      cause,
      remedy: 'retry',
    });
  }
}
