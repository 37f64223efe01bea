import { describe, expect, it } from 'vitest';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import type { PolicyGate } from '../../../reconciler/engine/policy-gate.ts';
import { createZoneHarness, SMALL_REPO } from './zone-harness.ts';

/** Denies whatever it is asked, as when the evaluator does not answer, until it works. */
function createFragileGate() {
  let isBroken = true;
  let judgements = 0;
  const gate: PolicyGate = {
    judge: async ({ cases }) => {
      judgements += 1;
      const denial = { code: 'P303', message: 'the evaluator did not answer' } as const;
      const denied = new Map(isBroken ? cases.map(({ effect }) => [effect.id, denial]) : []);
      return { policyDigest: digestText('packs'), denied, warnings: [] };
    },
  };
  const mend = () => {
    isBroken = false;
  };
  return { gate, mend, countJudgements: () => judgements };
}

const isRefused = (status: ZoneStatus) =>
  status.resources.some(({ conditions }) => conditions.some((one) => one.reason === 'Refused'));

describe('a policy that could not be evaluated', () => {
  it('is evaluated again, without anybody having to push', async () => {
    const harness = createZoneHarness();
    await harness.commit(SMALL_REPO);
    const policy = createFragileGate();
    const zone = harness.open({ policy: policy.gate });
    await zone.until(isRefused);
    policy.mend();
    await harness.clock.advance(120_000);
    const status = await zone.until((now) => now.isConverged && !isRefused(now));
    expect(harness.executorWorld.targets.size).toBe(1);
    expect(status.trouble).toBeNull();
    await zone.stop();
  });

  it('does not fill the store with the same judgement over and over', async () => {
    const harness = createZoneHarness();
    await harness.commit(SMALL_REPO);
    const policy = createFragileGate();
    const zone = harness.open({ policy: policy.gate });
    await zone.until(isRefused);
    await harness.clock.advance(600_000);
    expect(policy.countJudgements()).toBeGreaterThan(5);
    const admitted = harness.log.lines().filter((line) => line.includes('revision-admitted'));
    expect(admitted).toHaveLength(1);
    await zone.stop();
  });
});
