import { describe, expect, it } from 'vitest';
import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import { createMemoryExecutor } from '../../../reconciler/adapters/executor/memory/executor.ts';
import { readLedgerEntries } from '../../../reconciler/cli/ledger-reading.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import type { Fence } from '../../../reconciler/core/contracts/fence.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createDefinitionHandlers } from '../../../reconciler/kinds/definition/definition-handlers.ts';
import { createTargetHandler } from '../../../reconciler/kinds/target/target-handler.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import { createZoneHarness, SMALL_REPO } from './zone-harness.ts';

type Harness = ReturnType<typeof createZoneHarness>;

/** A zone whose targets are handled as usual but for what is changed. */
async function open(harness: Harness, change: (handler: KindHandler) => Partial<KindHandler>) {
  const executor = createMemoryExecutor({
    zone: 'ae',
    world: harness.executorWorld,
    clock: harness.clock,
  });
  const target = createTargetHandler({ executor });
  const definitions = createMemoryDefinitions({ tables: createMemoryDefinitionTables() });
  const handlers = [{ ...target, ...change(target) }, ...createDefinitionHandlers({ definitions })];
  await harness.commit(SMALL_REPO);
  return harness.open({ kinds: new Map(handlers.map((handler) => [handler.kind, handler])) });
}

/** The newest record of a target in the ledger. */
async function readNewest({ git }: Harness) {
  const entries = await readLedgerEntries(git, 'ae', 100);
  return entries.find(({ record }) => record.ref.kind === 'Target');
}

const isConverged = (status: ZoneStatus) => status.isConverged;

describe('what goes on by itself', () => {
  it('is tended again and again under the fence of the one who leads', async () => {
    const harness = createZoneHarness();
    const fences: Fence[] = [];
    const zone = await open(harness, () => ({
      tend: async (fence) => {
        fences.push(fence);
      },
    }));
    await zone.until(isConverged);
    await harness.clock.advance(10_000);
    await zone.until(() => fences.length >= 5);
    expect(new Set(fences.map(({ epoch }) => epoch))).toEqual(new Set([zone.status().epoch]));
    await zone.stop();
    const count = fences.length;
    await harness.clock.advance(10_000);
    expect(fences).toHaveLength(count);
  });

  it('is never tended by two at once', async () => {
    const harness = createZoneHarness();
    let running = 0;
    let calls = 0;
    let release: () => void = () => undefined;
    const zone = await open(harness, () => ({
      tend: () => {
        running += 1;
        calls += 1;
        expect(running).toBe(1);
        return new Promise<void>((resolve) => {
          release = () => {
            running -= 1;
            resolve();
          };
        });
      },
    }));
    await zone.until(() => calls === 1);
    await harness.clock.advance(10_000);
    expect(calls).toBe(1);
    release();
    await harness.clock.advance(5_000);
    await zone.until(() => calls === 2);
    release();
    const stopped = zone.stop();
    release();
    await stopped;
  });

  it('ends no term when tending fails, and says so once', async () => {
    const harness = createZoneHarness();
    let calls = 0;
    const zone = await open(harness, () => ({
      tend: async () => {
        calls += 1;
        throw new CodedError('P406', 'the disk is full');
      },
    }));
    await zone.until(isConverged);
    await harness.clock.advance(10_000);
    await zone.until(() => calls > 3);
    expect(zone.status()).toMatchObject({ role: 'leader', trouble: null });
    const said = harness.log.lines().filter((line) => line.includes('tending-failed'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('P406 the disk is full');
    await zone.stop();
  });
});

describe('an effect that says more than what is live', () => {
  it('has its digests and its own words in the record', async () => {
    const harness = createZoneHarness();
    const file = digestText('a file');
    const zone = await open(harness, (target) => ({
      perform: async (...call) => ({
        ...(await target.perform(...call)),
        inputs: { file },
        summary: 'has found a file',
      }),
    }));
    await zone.until(isConverged);
    await zone.stop();
    const tip = await readNewest(harness);
    expect(tip?.record).toMatchObject({ inputs: { file, target: expect.any(String) } });
    expect(tip?.title).toContain('has found a file');
  });

  it('keeps them when the answer was lost and only the world knows', async () => {
    const harness = createZoneHarness();
    const file = digestText('a file');
    let isLost = true;
    const zone = await open(harness, (target) => ({
      observe: async (ref) => ({
        ...(await target.observe(ref)),
        lastOutcome: { inputs: { file }, summary: 'has found a file' },
      }),
      perform: async (...call) => {
        const performed = await target.perform(...call);
        if (!isLost) return performed;
        isLost = false;
        throw new CodedError('P406', 'no answer', { remedy: 'retry' });
      },
    }));
    await zone.until(isConverged);
    await zone.stop();
    const tip = await readNewest(harness);
    expect(tip?.record.inputs).toMatchObject({ file });
    expect(tip?.title).toContain('has found a file');
  });
});

describe('a resource that waits for something in progress', () => {
  it('keeps its zone from being called converged, until it is done', async () => {
    const harness = createZoneHarness();
    let isDone = false;
    const zone = await open(harness, (target) => ({
      plan: (input) => {
        const planned = target.plan(input);
        if (isDone || planned.effects.length > 0) return planned;
        const condition = {
          type: 'Progressing',
          status: 'True',
          reason: 'Training',
          message: 'its run is in the step train',
        } as const;
        const waiting = [{ on: 'its run', until: input.now + 1_000 }];
        return { effects: [], waiting, conditions: [condition] };
      },
    }));
    await zone.until((status) =>
      status.resources.some(({ conditions }) =>
        conditions.some((one) => one.reason === 'Training'),
      ),
    );
    await harness.clock.advance(5_000);
    expect(zone.status().isConverged).toBe(false);
    isDone = true;
    await harness.clock.advance(2_000);
    await zone.until(isConverged);
    await zone.stop();
  });
});
