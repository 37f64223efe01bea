import { describe, expect, it } from 'vitest';
import { advanceRollout } from '../../../reconciler/core/rollout/advance-rollout.ts';
import { composeEpochs } from '../../../reconciler/core/rollout/compose-epochs.ts';
import { hearWeight } from '../../../reconciler/core/rollout/hear-weight.ts';
import { judgeRollout } from '../../../reconciler/core/rollout/judge-rollout.ts';
import {
  type RolloutPosition,
  recordWeight,
} from '../../../reconciler/core/rollout/rollout-position.ts';
import type { RolloutStep } from '../../../reconciler/core/rollout/rollout-steps.ts';
import { makeEntry, toVersion } from '../../support/counter-samples.ts';
import { makeSpec } from './rollout-samples.ts';
import { createTraffic, drawArm, type Traffic } from './traffic.ts';

const STABLE = toVersion('a');
const CANARY = toVersion('b');
const MINUTE_MS = 60_000;
const GOOD = { failures: 0.001, positives: 0.1 };

const STEPS: readonly RolloutStep[] = [
  { kind: 'setWeight', percent: 5 },
  { kind: 'pause', durationMs: 2 * MINUTE_MS },
  { kind: 'setWeight', percent: 25 },
  { kind: 'analysis' },
  { kind: 'setWeight', percent: 50 },
];

/** A thousand requests in each minute, assigned by the weight that is in force. */
function countMinute(traffic: Traffic, position: RolloutPosition, canaryRates: typeof GOOD) {
  const routeRevision = position.stages.at(-1)?.fromRevision ?? 1;
  const ofCanary = traffic.count(1000, position.percent / 100);
  return [
    { version: CANARY, arm: drawArm(traffic, ofCanary, canaryRates) },
    { version: STABLE, arm: drawArm(traffic, 1000 - ofCanary, GOOD) },
  ].map(({ version, arm }) => {
    const { requests, failures, rows } = arm;
    const positives = arm.positives ?? 0;
    const latency = arm.latency ?? [];
    const counts = { requests, errors: failures, rows, positives, latency };
    return makeEntry({ version, routeRevision, ...counts });
  });
}

/** A minute a look, with everything as production has it: positions, counts, a node, the judge. */
function play(seed: string, canaryRates: typeof GOOD) {
  const traffic = createTraffic(seed);
  const goal = { release: 'one', canary: CANARY, stable: STABLE };
  const seen: string[] = [];
  const totals: ReturnType<typeof makeEntry>[] = [];
  let position: RolloutPosition | null = null;
  for (let now = 0; now < 200 * MINUTE_MS; now += MINUTE_MS) {
    const stages = position?.stages ?? [];
    const revision = stages.at(-1)?.fromRevision ?? 0;
    const word = { v: 1, zone: 'ae', node: 'serve', boot: 'boot', revision, failed: [] } as const;
    const acknowledgements = [{ ...word, loaded: [STABLE, CANARY] }];
    const epochs = composeEpochs({ totals, stages, canary: CANARY, stable: STABLE });
    const look = { now, startedAt: position?.startedAt ?? now, latched: position?.latched ?? null };
    const advance = advanceRollout({
      ...{ steps: STEPS, goal, position, decision: null, now },
      weight: hearWeight({ revision, canary: CANARY, nodes: ['serve'], acknowledgements }),
      judgement: judgeRollout(makeSpec(), epochs, look),
    });
    const { action } = advance;
    position = advance.position;
    if (action.kind !== 'wait') seen.push(action.kind);
    if (action.kind === 'setWeight') position = recordWeight(position, revision + 1);
    if (position.end !== null) return { seen, position };
    totals.push(...countMinute(traffic, position, canaryRates));
  }
  return { seen, position };
}

describe('a rollout in production', () => {
  it('of a good canary goes through its steps to the end', () => {
    const { seen, position } = play('good', GOOD);
    expect(seen).toEqual(['setWeight', 'setWeight', 'setWeight', 'setWeight', 'promote']);
    expect(position?.stages.map(({ percent }) => percent)).toEqual([0, 5, 25, 50]);
    expect(position).toMatchObject({ end: 'promoted', latched: 'promote' });
  });

  it('of a failing canary ends at its first weight', () => {
    const { seen, position } = play('failing', { ...GOOD, failures: 0.2 });
    expect(seen).toEqual(['setWeight', 'setWeight', 'rollback']);
    expect(position).toMatchObject({ end: 'rolledBack', latched: 'rollback' });
  });

  it('of a canary that says nothing but no ends before it has half of the traffic', () => {
    const { seen, position } = play('silent', { ...GOOD, positives: 0 });
    expect(seen.at(-1)).toBe('rollback');
    expect(position?.percent).toBeLessThan(50);
  });
});
