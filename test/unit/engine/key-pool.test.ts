import { describe, expect, it } from 'vitest';
import { createMemoryTables } from '../../../reconciler/adapters/store/memory/tables.ts';
import { createMemoryZoneStore } from '../../../reconciler/adapters/store/memory/zone-store.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import { createHarnessWith } from './executor-harness.ts';
import { createZoneHarness, SMALL_REPO, toDocument, toTarget } from './zone-harness.ts';

const isConverged = (status: ZoneStatus) => status.isConverged;
const isReady = (status: ZoneStatus, name: string) =>
  status.resources.some(
    ({ ref, conditions }) =>
      ref.name === name && conditions.some((one) => one.reason === 'Converged'),
  );
const DEV = toDocument('Environment', 'dev', '{ zone: ae, targets: [laptop] }');

async function openWith(change: (store: ZoneStore) => Partial<ZoneStore>) {
  const harness = createZoneHarness();
  const store = createMemoryZoneStore({ tables: createMemoryTables(), clock: harness.clock });
  return { ...harness, zone: harness.open({ store: { ...store, ...change(store) } }) };
}

describe('a zone at work', () => {
  it('is not converged while an effect that failed is still to be tried again', async () => {
    let failures = 0;
    const harness = createHarnessWith(() => ({
      apply: async () => {
        failures += 1;
        throw new CodedError('P406', 'no answer', { remedy: 'retry' });
      },
    }));
    const zone = await harness.begin(SMALL_REPO);
    await zone.until(() => failures === 1);
    for (let round = 0; round < 500; round += 1) await Promise.resolve();
    expect(zone.status()).toMatchObject({ isConverged: false });
    await harness.clock.advance(120_000);
    await zone.until(isConverged);
    expect(failures).toBe(5);
    await zone.stop();
  });

  it('does not let a key wait for what happened while it was being worked', async () => {
    let environmentAsked: () => void = () => undefined;
    let environmentLearns: () => void = () => undefined;
    const hasAsked = new Promise<void>((resolve) => {
      environmentAsked = resolve;
    });
    const learns = new Promise<void>((resolve) => {
      environmentLearns = resolve;
    });
    let reads = 0;
    const { zone, commit, clock } = await openWith(({ journal }) => ({
      journal: {
        ...journal,
        readRecorded: async (ref) => {
          const recorded = await journal.readRecorded(ref);
          if (ref.kind === 'Target') reads += 1;
          // The first to ask is the target's own worker, the second that of the environment.
          if (ref.kind !== 'Target' || reads !== 2) return recorded;
          environmentAsked();
          await learns;
          return recorded;
        },
        openIntent: async (fence, intent) => {
          if (intent.effect.ref.kind === 'Target') await hasAsked;
          return journal.openIntent(fence, intent);
        },
      },
    }));
    await commit({ ...SMALL_REPO, 'environments/dev.yaml': DEV });
    zone.hint();
    await zone.until((status) => isReady(status, 'laptop'));
    for (let round = 0; round < 500; round += 1) await Promise.resolve();
    environmentLearns();
    await zone.until((status) => isReady(status, 'dev'));
    expect(clock.now()).toBe(1_800_000_000_000);
    await zone.stop();
  });

  it('does not read the whole journal for each resource that is gone', async () => {
    let listed = 0;
    const { zone, commit, git, clock } = await openWith(({ journal }) => ({
      journal: {
        ...journal,
        listRecorded: () => {
          listed += 1;
          return journal.listRecorded();
        },
      },
    }));
    const targets = Array.from({ length: 5 }, (_, index) => `t${index}`);
    const paths = targets.map((name) => [`targets/${name}.yaml`, toTarget(name, 1)] as const);
    await commit({
      ...SMALL_REPO,
      'platform.yaml': toDocument('Platform', 'bank', '{ deletionCapPercent: 100 }'),
      ...Object.fromEntries(paths),
    });
    zone.hint();
    await zone.until(isConverged);
    const removal = await git.push({
      branch: 'refs/heads/main',
      files: paths.map(([path]) => ({ path, content: null })),
    });
    zone.hint();
    await zone.until((status) => status.isConverged && status.source.revision === removal);
    listed = 0;
    await clock.advance(125_000);
    await zone.until(isConverged);
    expect(listed).toBeLessThanOrEqual(2);
    await zone.stop();
  });
});
