import { describe, expect, it } from 'vitest';
import { createMemoryAnchor } from '../../../reconciler/adapters/anchor/memory/anchor.ts';
import { createMemoryTables } from '../../../reconciler/adapters/store/memory/tables.ts';
import { createMemoryZoneStore } from '../../../reconciler/adapters/store/memory/zone-store.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { DEFAULT_SETTINGS, type ZoneSettings } from '../../../reconciler/engine/zone-settings.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import { createZoneHarness, SMALL_REPO } from './zone-harness.ts';

const isConverged = (status: ZoneStatus) => status.isConverged;
const never = () => new Promise<never>(() => undefined);
const unavailable = async (): Promise<never> => {
  throw new CodedError('P401', 'the store is unavailable', { remedy: 'retry' });
};

/** A zone whose store can be made to fail, and the moment of its next start written down. */
async function openWith(
  change: (store: ZoneStore) => Partial<ZoneStore>,
  settings: ZoneSettings = DEFAULT_SETTINGS,
) {
  const harness = createZoneHarness();
  await harness.commit(SMALL_REPO);
  const store = createMemoryZoneStore({ tables: createMemoryTables(), clock: harness.clock });
  return { ...harness, zone: harness.open({ settings, store: { ...store, ...change(store) } }) };
}

describe('a leader', () => {
  it('stops acting when a renewal is never answered', async () => {
    let isHung = false;
    const { zone, clock, log } = await openWith(({ lease }) => ({
      lease: { ...lease, renew: (fence, ttlMs) => (isHung ? never() : lease.renew(fence, ttlMs)) },
    }));
    await zone.until(isConverged);
    isHung = true;
    await clock.advance(15_000);
    expect(log.lines().some((line) => line.includes('lease-lost'))).toBe(true);
    isHung = false;
    await clock.advance(30_000);
    await zone.until(({ epoch, isConverged: isDone }) => (epoch ?? 0) > 1 && isDone);
    await zone.stop();
  });

  it('does not call itself converged after its term has ended', async () => {
    let isDown = false;
    const { zone, clock } = await openWith(({ journal }) => ({
      journal: {
        ...journal,
        listRecorded: () => (isDown ? unavailable() : journal.listRecorded()),
      },
    }));
    await zone.until(isConverged);
    isDown = true;
    while (zone.status().trouble === null) await clock.advance(500);
    expect(zone.status()).toMatchObject({
      isConverged: false,
      trouble: 'P401 the store is unavailable',
    });
    await zone.stop();
  });

  it('begins again soon after a short trouble, however many there were before', async () => {
    let isDown = false;
    const { zone, clock } = await openWith(({ journal }) => ({
      journal: {
        ...journal,
        listRecorded: () => (isDown ? unavailable() : journal.listRecorded()),
      },
    }));
    for (let trouble = 1; trouble <= 8; trouble += 1) {
      await clock.advance(150_000);
      isDown = true;
      while (zone.status().role === 'leader') await clock.advance(500);
      isDown = false;
      await clock.advance(2_000);
      await zone.until(({ role, isConverged: isDone }) => role === 'leader' && isDone);
    }
    await zone.stop();
  });

  it('keeps its lease while it finishes what is in progress', async () => {
    let finish: () => void = () => undefined;
    const { zone, clock, log } = await openWith(
      ({ outbox }) => ({
        outbox: {
          ...outbox,
          readBacklog: async () => {
            await new Promise<void>((resolve) => {
              finish = resolve;
            });
            return outbox.readBacklog();
          },
        },
      }),
      { ...DEFAULT_SETTINGS, drainMs: 20_000 },
    );
    await zone.until(({ role }) => role === 'leader');
    for (let round = 0; round < 500; round += 1) await Promise.resolve();
    await clock.advance(9_000);
    const stopped = zone.stop();
    await clock.advance(15_000);
    finish();
    for (let round = 0; round < 500; round += 1) await Promise.resolve();
    await clock.advance(20_000);
    await stopped;
    expect(log.lines().filter((line) => line.includes('effect-succeeded'))).toHaveLength(1);
    expect(log.lines().filter((line) => line.includes('lease-lost'))).toEqual([]);
  });
});

describe('an anchor that fails', () => {
  it('does not keep a zone from being led', async () => {
    const harness = createZoneHarness();
    await harness.commit(SMALL_REPO);
    const anchor = createMemoryAnchor();
    const first = harness.open({ anchor });
    await first.until(isConverged);
    await first.stop();
    const damaged = async (): Promise<never> => {
      throw new CodedError('P410', 'the file is damaged');
    };
    const second = harness.open({ anchor: { ...anchor, list: damaged } });
    await second.until(isConverged);
    await second.stop();
    expect(harness.log.lines().some((line) => line.includes('anchor-failed'))).toBe(true);
  });

  it('is not needed for what a quiet zone has recorded: its time comes too', async () => {
    const harness = createZoneHarness();
    await harness.commit(SMALL_REPO);
    const anchor = createMemoryAnchor();
    const zone = harness.open({ anchor });
    await zone.until(isConverged);
    await harness.clock.advance(150_000);
    expect((await anchor.list('ae')).map(({ seq }) => seq)).toEqual([3]);
    await zone.stop();
  });
});
