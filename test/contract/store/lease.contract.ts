import { expect, it } from 'vitest';
import type { GetHarness } from './harness.ts';
import { LEASE_MS, lead } from './lead.ts';

export function describeLease(harness: GetHarness): void {
  it('gives epoch 1 first, and nothing to anybody while it is held', async () => {
    const [first, second] = [await harness().open(), await harness().open()];
    expect(await first.lease.acquire('first', LEASE_MS)).toEqual({ holder: 'first', epoch: 1 });
    expect(await second.lease.acquire('second', LEASE_MS)).toBeNull();
    expect(await second.lease.acquire('first', LEASE_MS)).toBeNull();
  });

  it('gives an epoch above the one that is asked for, and goes on from there', async () => {
    const store = await harness().open();
    expect(await store.lease.acquire('first', 0, 7)).toEqual({ holder: 'first', epoch: 8 });
    expect(await store.lease.acquire('second', 0, 3)).toEqual({ holder: 'second', epoch: 9 });
    expect(await store.lease.acquire('third', LEASE_MS)).toEqual({ holder: 'third', epoch: 10 });
  });

  it('gives the next epoch when the lease has run out', async () => {
    const [first, second] = [await harness().open(), await harness().open()];
    const fence = await lead(first);
    await harness().expireLease();
    expect(await first.lease.renew(fence, LEASE_MS)).toBe(false);
    expect(await second.lease.acquire('second', LEASE_MS)).toEqual({ holder: 'second', epoch: 2 });
    expect(await first.lease.renew(fence, LEASE_MS)).toBe(false);
  });

  it('counts the time of a lease from when it is given: none is over at once', async () => {
    const store = await harness().open();
    expect(await store.lease.acquire('first', 0)).toEqual({ holder: 'first', epoch: 1 });
    expect(await store.lease.acquire('second', LEASE_MS)).toEqual({ holder: 'second', epoch: 2 });
  });

  it('renews the lease of its holder and nobody else', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    expect(await store.lease.renew(fence, LEASE_MS)).toBe(true);
    expect(await store.lease.renew({ ...fence, holder: 'second' }, LEASE_MS)).toBe(false);
    expect(await store.lease.renew({ ...fence, epoch: 2 }, LEASE_MS)).toBe(false);
    expect(await store.lease.renew({ ...fence, epoch: 0 }, LEASE_MS)).toBe(false);
  });

  it('sets the end anew at each renewal, also to an earlier time', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    expect(await store.lease.renew(fence, 0)).toBe(true);
    expect(await store.lease.renew(fence, LEASE_MS)).toBe(false);
    expect(await store.lease.acquire('second', LEASE_MS)).toEqual({ holder: 'second', epoch: 2 });
  });

  it('is free at once when its holder releases it, and never gives an epoch twice', async () => {
    const store = await harness().open();
    const fence = await lead(store);
    await store.lease.release(fence);
    expect(await store.lease.renew(fence, LEASE_MS)).toBe(false);
    expect(await store.lease.acquire('first', LEASE_MS)).toEqual({ holder: 'first', epoch: 2 });
  });

  it('says whose it is, and nobody when it is free, has run out or was released', async () => {
    const store = await harness().open();
    expect(await store.lease.read()).toBeNull();
    const fence = await lead(store);
    expect(await (await harness().open()).lease.read()).toEqual(fence);
    await harness().expireLease();
    expect(await store.lease.read()).toBeNull();
    const next = await lead(store);
    expect(await store.lease.read()).toEqual(next);
    await store.lease.release(next);
    expect(await store.lease.read()).toBeNull();
  });

  it('stays when one who does not hold it releases it', async () => {
    const store = await harness().open();
    const old = await lead(store, 'old');
    await harness().expireLease();
    const fence = await lead(store);
    await store.lease.release(old);
    await store.lease.release({ ...fence, holder: 'second' });
    expect(await store.lease.renew(fence, LEASE_MS)).toBe(true);
  });

  it('has one winner when many race for it', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => harness().open()));
    for (const epoch of [1, 2, 3]) {
      const fences = await Promise.all(
        stores.map((store, index) => store.lease.acquire(`racer-${index}`, LEASE_MS)),
      );
      const winners = fences.filter((fence) => fence !== null);
      expect(winners.map((fence) => fence.epoch)).toEqual([epoch]);
      await harness().expireLease();
    }
  });
}
