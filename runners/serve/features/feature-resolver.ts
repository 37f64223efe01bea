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
import type { OnlineFeatureReader } from '../../../reconciler/ports/online-features.ts';

export type ResolvedFeatures = {
  readonly row: Float32Array;
  /** In the order of the contract. */
  readonly statuses: readonly FeatureStatus[];
};

/** Turns what a request says of an entity into a row of the model's input. */
export type FeatureResolver = {
  /** Throws P821 for a request that does not fit the contract, P827 when the store is away. */
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
        readOnlineValues(definition, rows[index] ?? null, now),
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
    if (found === null) {
      throw new CodedError('P823', `the features of ${view} are not in the store yet`, {
        remedy: 'retry',
      });
    }
    definitions.push(found);
  }
  return { encoder: createFeatureEncoder(contract, definitions), definitions };
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
