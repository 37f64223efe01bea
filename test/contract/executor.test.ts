import { mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import {
  createMemoryExecutor,
  createMemoryExecutorWorld,
} from '../../reconciler/adapters/executor/memory/executor.ts';
import { createProcessExecutor } from '../../reconciler/adapters/executor/process/executor.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { toRef } from '../../reconciler/core/contracts/normal-form.ts';
import type { Ref } from '../../reconciler/core/contracts/ref.ts';
import { makeEffect, makeRemoval, makeTarget, ZONE } from '../support/target-effects.ts';
import { describeExecutor } from './executor.contract.ts';

describeExecutor({
  name: 'memory',
  async create() {
    const world = createMemoryExecutorWorld();
    const clock = createSimulatedClock({ startAt: 0 });
    const open = () => createMemoryExecutor({ zone: ZONE, world, clock });
    return {
      receiver: open(),
      restart: async () => open(),
      close: async () => {},
      breakSlot: async (ref, pool) => expect(world.breakSlot(ref, pool)).toBe(true),
      setLastSlotInUse: async (ref, pool, isInUse) => world.setLastSlotInUse(ref, pool, isInUse),
    };
  },
});

describeExecutor({
  name: 'process',
  async create() {
    const zoneFolder = await mkdtemp(join(tmpdir(), 'plumbline-executor-'));
    const deps = {
      zone: ZONE,
      zoneFolder,
      clock: createSystemClock(),
      randomness: createSystemRandomness(),
      processIdentity: createSystemProcessIdentity(),
    };
    const lastSlot = async (ref: Ref, pool: string) => {
      const slots = join(zoneFolder, 'targets', ref.name, 'pools', pool, 'slots');
      return join(slots, (await readdir(slots)).sort().at(-1) as string);
    };
    return {
      receiver: createProcessExecutor(deps),
      restart: async () => createProcessExecutor(deps),
      close: () => rm(zoneFolder, { recursive: true }),
      breakSlot: async (ref, pool) => rmdir(await lastSlot(ref, pool)),
      async setLastSlotInUse(ref, pool, isInUse) {
        const lease = join(await lastSlot(ref, pool), 'lease.json');
        await (isInUse ? writeFile(lease, '{}') : rm(lease));
      },
    };
  },
});

it('the memory executor writes down what happened, once, in order', async () => {
  const world = createMemoryExecutorWorld();
  const clock = createSimulatedClock({ startAt: 100 });
  const executor = createMemoryExecutor({ zone: ZONE, world, clock });
  const form = makeTarget('laptop', { cpu: 1 });
  const create = makeEffect(form, 0);
  const removal = makeRemoval(form, 'retire', 1);
  await executor.apply({ fence: { holder: 'a', epoch: 1 }, effect: create, target: form });
  await executor.apply({ fence: { holder: 'a', epoch: 1 }, effect: create, target: form });
  await clock.advance(50);
  await executor.apply({ fence: { holder: 'b', epoch: 2 }, effect: removal, target: null });
  const late = executor.apply({ fence: { holder: 'a', epoch: 1 }, effect: create, target: form });
  await expect(late).rejects.toMatchObject({ code: 'P403' });
  const ref = toRef(form);
  expect(world.executions).toEqual([
    { effectId: create.id, ref, action: 'create', epoch: 1, holder: 'a', at: 100 },
    { effectId: removal.id, ref, action: 'retire', epoch: 2, holder: 'b', at: 150 },
  ]);
});
