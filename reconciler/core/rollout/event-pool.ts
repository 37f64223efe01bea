import { requireCount } from '../statistics/require-count.ts';
import type { ArmCounts, WeightEpoch } from './weight-epoch.ts';

/** How often something happened on either side while the canary had one weight. */
export type EventPool = {
  /** Strictly between 0 and 1: elsewhere there is nothing to compare. */
  readonly weight: number;
  readonly canary: number;
  readonly stable: number;
};

/** Null for an epoch whose counts do not say. */
export function toEvents(
  epochs: readonly WeightEpoch[],
  count: (arm: ArmCounts) => number | null,
): readonly EventPool[] {
  return epochs.flatMap(({ weight, canary, stable }) => {
    const ofCanary = canary === null ? null : count(canary);
    const ofStable = stable === null ? null : count(stable);
    return ofCanary === null || ofStable === null
      ? []
      : [{ weight, canary: ofCanary, stable: ofStable }];
  });
}

/**
 * One pool for each weight, in ascending order, so that neither an empty epoch nor one that was cut
 * in two moves the last digit of a sum. Pools without events are left out.
 */
export function poolEvents(events: readonly EventPool[]): readonly EventPool[] {
  const pools = new Map<number, EventPool>();
  for (const { weight, canary, stable } of events) {
    if (weight <= 0 || weight >= 1 || canary + stable === 0) continue;
    const before = pools.get(weight);
    pools.set(weight, {
      weight,
      canary: requireCount((before?.canary ?? 0) + canary, 'a sum over epochs'),
      stable: requireCount((before?.stable ?? 0) + stable, 'a sum over epochs'),
    });
  }
  return [...pools.values()].sort((left, right) => left.weight - right.weight);
}

/** The same events seen from the other side: a low rate of the canary is a high one of the stable. */
export function swapArms(pools: readonly EventPool[]): readonly EventPool[] {
  return pools.map(({ weight, canary, stable }) => ({
    weight: 1 - weight,
    canary: stable,
    stable: canary,
  }));
}
