import { type FalseAlarmBudget, toThreshold } from './false-alarm-budget.ts';

/** A feature's part in the model's decisions; shares of a sum, whatever the sum is. */
export type FeatureShare = { readonly feature: string; readonly share: number };

/**
 * Effects of many features as one: their sum by importance, to which any single important feature
 * is an alternative, or else the largest of them.
 */
export type EffectAggregate =
  | { readonly kind: 'importance'; readonly shares: readonly FeatureShare[] }
  | { readonly kind: 'max' };

/**
 * How much larger a share of rows may be than it was in training; null for any. What training had
 * is normal: a feature that is mostly empty would otherwise be found wanting in every window.
 */
export type QualityLimits = {
  readonly nullRate: number | null;
  readonly unseenRate: number | null;
  readonly nonFiniteRate: number | null;
};

export type DriftSpec = {
  /** Debiased population stability indices, in nats. */
  readonly effect: {
    readonly warn: number;
    readonly retrain: number;
    readonly aggregate: EffectAggregate;
  };
  readonly falseAlarmBudget: FalseAlarmBudget;
  readonly quality: QualityLimits;
};

/** Throws on what the schema of a monitor cannot let through. */
export function requireSpec(spec: DriftSpec): void {
  const { warn, retrain, aggregate } = spec.effect;
  if (!(warn > 0 && retrain >= warn && Number.isFinite(retrain))) {
    throw new RangeError(
      `effects of ${warn} and ${retrain}: the first is to warn, before a retrain`,
    );
  }
  toThreshold(spec.falseAlarmBudget);
  for (const limit of Object.values(spec.quality)) {
    if (limit === null || (limit >= 0 && limit <= 1)) continue;
    throw new RangeError(`a limit of ${limit} is not a share of rows`);
  }
  if (aggregate.kind === 'importance') requireShares(aggregate.shares);
}

function requireShares(shares: readonly FeatureShare[]): void {
  const isShare = ({ share }: FeatureShare) => share >= 0 && Number.isFinite(share);
  const isSome = shares.some(({ share }) => share > 0);
  const isOnce = new Set(shares.map(({ feature }) => feature)).size === shares.length;
  if (shares.every(isShare) && isSome && isOnce) return;
  throw new RangeError('importance is a share of 0 or more for each feature, and not 0 for all');
}
