import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { EventPool } from '../../../reconciler/core/rollout/event-pool.ts';
import type { ArmCounts } from '../../../reconciler/core/rollout/weight-epoch.ts';
import { makeArm } from './rollout-samples.ts';

/** Chance from a seed, in the forms that counts need. */
export type Traffic = {
  readonly happens: (probability: number) => boolean;
  /** How often something of that probability happens in so many tries; exact, and fast if rare. */
  readonly count: (tries: number, probability: number) => number;
};

export function createTraffic(seed: string): Traffic {
  const randomness = createSeededRandomness(seed);
  const count: Traffic['count'] = (tries, probability) => {
    if (probability > 0.5) return tries - count(tries, 1 - probability);
    if (probability === 0) return 0;
    // Between two hits there are geometrically many misses.
    const lnMiss = Math.log1p(-probability);
    const drawMisses = () => Math.floor(Math.log1p(-randomness.fraction()) / lnMiss);
    let hits = 0;
    for (let at = drawMisses(); at < tries; at += 1 + drawMisses()) hits += 1;
    return hits;
  };
  return { happens: (probability) => randomness.fraction() < probability, count };
}

/** Seeds of repetitions, by whether something came true. */
export type Repetitions = { readonly hits: readonly string[]; readonly misses: readonly string[] };

/** Repeats with a seed for each. */
export function repeat(
  name: string,
  repetitions: number,
  isTrue: (traffic: Traffic) => boolean,
): Repetitions {
  const [hits, misses]: [string[], string[]] = [[], []];
  for (let at = 0; at < repetitions; at += 1) {
    const seed = `${name} ${at}`;
    (isTrue(createTraffic(seed)) ? hits : misses).push(seed);
  }
  return { hits, misses };
}

/** Adds to the last pool or, at a new weight, begins one. */
export function addEvent(pools: EventPool[], weight: number, isCanary: boolean): void {
  const last = pools.at(-1);
  const before = last?.weight === weight ? last : { weight, canary: 0, stable: 0 };
  if (last?.weight === weight) pools.pop();
  const canary = before.canary + (isCanary ? 1 : 0);
  pools.push({ weight, canary, stable: before.stable + (isCanary ? 0 : 1) });
}

/** Requests that fail and decide with given probabilities. */
export function drawArm(
  traffic: Traffic,
  requests: number,
  rates: { readonly failures: number; readonly positives: number },
): ArmCounts {
  const failures = traffic.count(requests, rates.failures);
  const positives = traffic.count(requests - failures, rates.positives);
  return makeArm(requests, { failures, positives });
}
