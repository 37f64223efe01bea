import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createZoneHarness, SMALL_REPO, toDocument, toTarget } from './zone-harness.ts';

const FEW_SLOTS = toDocument(
  'Policy',
  'few-slots',
  "{ match: { kinds: ['*'] }, params: { most: 3 }, actions: [deny], validations: [{ expression: \"effect.action == 'delete' ? effect.ref.kind != 'Target' : (object.kind != 'Target' || object.spec.pools.all(pool, pool.slots <= params.most))\", message: too many slots or a removal }] }",
);

const isConvergedOn = (commit: string) => (status: ZoneStatus) =>
  status.isConverged && status.source.revision === commit;

const isRefused = (status: ZoneStatus) =>
  status.resources.some(({ conditions }) =>
    conditions.some(({ message }) => message.includes('few-slots: too many slots')),
  );

describe('a policy of the repo itself', () => {
  it('judges from the revision after its own, until the one after that which takes it out', async () => {
    const harness = createZoneHarness();
    const zone = harness.open();
    const judged = await harness.commit(SMALL_REPO);
    await zone.until(isConvergedOn(judged));
    const first = await harness.commit({
      'policy.yaml': FEW_SLOTS,
      'targets/laptop.yaml': toTarget('laptop', 4),
    });
    zone.hint();
    await zone.until(isConvergedOn(first));
    await harness.commit({ 'targets/laptop.yaml': toTarget('laptop', 5) });
    zone.hint();
    const refusing = await zone.until(isRefused);
    expect(refusing.source).toMatchObject({ held: null, diagnostics: [] });
    // The change that takes the policy out is judged by it once more.
    await harness.commit({
      'policy.yaml': toDocument('Namespace', 'team', '{ owners: [a] }'),
      'platform.yaml': toDocument('Platform', 'bank', '{ deletionCapPercent: 100 }'),
    });
    zone.hint();
    await zone.until(
      (status) => isRefused(status) && !JSON.stringify(status).includes('"kind":"Policy"'),
    );
    const free = await harness.commit({ 'targets/laptop.yaml': toTarget('laptop', 6) });
    zone.hint();
    await zone.until(isConvergedOn(free));
    await zone.stop();
  });
});
