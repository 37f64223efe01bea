import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryTables } from '../../../reconciler/adapters/store/memory/tables.ts';
import { createMemoryZoneStore } from '../../../reconciler/adapters/store/memory/zone-store.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';
import { createHarnessWith } from './executor-harness.ts';
import { SMALL_REPO, toTarget } from './zone-harness.ts';

type Backlog = Awaited<ReturnType<ZoneStore['outbox']['readBacklog']>>;

/** A store whose backlog somebody else answers for, when and as they like. */
function createStoreWith(readBacklog: () => Promise<Backlog | null>) {
  const tables = createMemoryTables();
  // A lease that never runs out: what is tested here is not about leadership.
  const memory = createMemoryZoneStore({ tables, clock: createSimulatedClock({ startAt: 0 }) });
  const { outbox } = memory;
  const asked = async () => (await readBacklog()) ?? outbox.readBacklog();
  return { ...memory, outbox: { ...outbox, readBacklog: asked } };
}

const withSlots = (slots: number) => ({ 'targets/laptop.yaml': toTarget('laptop', slots) });

describe('a decision that is acted on late', () => {
  it('is dropped when a newer revision was admitted since', async () => {
    let hold: Promise<void> | null = null;
    let letGo: () => void = () => undefined;
    const store = createStoreWith(async () => {
      await hold;
      return null;
    });
    const harness = createHarnessWith(() => ({}));
    const zone = await harness.begin(SMALL_REPO, { store });
    await zone.until((status) => status.isConverged);
    hold = new Promise((resolve) => {
      letGo = resolve;
    });
    const more = await harness.commit(withSlots(9));
    zone.hint();
    await zone.until(({ source }) => source.revision === more);
    await harness.clock.advance(1_000);
    const back = await harness.commit(withSlots(2));
    zone.hint();
    await zone.until(({ source }) => source.revision === back);
    letGo();
    await zone.until((status) => status.isConverged);
    expect(harness.executorWorld.executions.map(({ action }) => action)).toEqual(['create']);
    await zone.stop();
  });

  it('gets its outcome even if the ledger lagged behind when it was tried again', async () => {
    let isBehind = false;
    let isBroken = true;
    const tooMany = { rows: 1_000_000, oldestAt: null };
    const store = createStoreWith(async () => (isBehind ? tooMany : null));
    const harness = createHarnessWith((executor) => ({
      apply: async (input) => {
        if (!isBroken) return executor.apply(input);
        isBehind = true;
        throw new CodedError('P406', 'no answer', { remedy: 'retry' });
      },
    }));
    const zone = await harness.begin(SMALL_REPO, { store });
    await zone.until(() => isBehind);
    await harness.clock.advance(5_000);
    const other = await harness.commit(withSlots(3));
    zone.hint();
    await zone.until(({ source }) => source.revision === other);
    isBroken = false;
    isBehind = false;
    await harness.clock.advance(5_000);
    await zone.until((status) => status.isConverged);
    expect(await store.journal.listOpenIntents()).toEqual([]);
    const abandoned = harness.log.lines().filter((line) => line.includes('effect-abandoned'));
    expect(abandoned).toHaveLength(1);
    await zone.stop();
  });
});
