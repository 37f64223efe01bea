import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryControlChannel } from '../../reconciler/adapters/control-channel/memory/control-channel.ts';
import { createMemoryCounters } from '../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../reconciler/adapters/counters/memory/tables.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryRoutes } from '../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../reconciler/adapters/routes/memory/tables.ts';
import type { RouteTable } from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import { createRouteFollower } from '../../runners/serve/control/follow-routes.ts';
import type { AppliedRoutes } from '../../runners/serve/routes/route-state.ts';
import { toVersion } from '../support/counter-samples.ts';

const LEADER = { holder: 'first', epoch: 1 };
const SETTINGS = {
  model: 'payments/fraud',
  threshold: 0.5,
  batching: { maxBatchSize: 8, maxDelayMicroseconds: 0, maxQueueRows: 64 },
};
const ALL_LOADED: AppliedRoutes = { loaded: [toVersion('a')], failed: [] };

let folder: string;
let file: string;
let stop: AbortController;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-routes-'));
  file = join(folder, 'node', 'routes.json');
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(folder, { recursive: true });
});

/** A zone with its control plane, of which nodes may be started. */
function createWorld() {
  const clock = createSimulatedClock({ startAt: 0 });
  const log = createMemoryLog({ clock });
  const randomness = createSeededRandomness('routes');
  const routes = createMemoryRoutes({ zone: 'ae', tables: createMemoryRouteTables(), randomness });
  const counters = createMemoryCounters({ tables: createMemoryCounterTables() });
  const control = { isAway: false };
  const channel = createMemoryControlChannel({ zone: 'ae', routes, counters, clock, control });
  const applied: RouteTable[] = [];
  const world = {
    ...{ clock, log, routes, control, channel, applied },
    apply: async (_: RouteTable): Promise<AppliedRoutes> => ALL_LOADED,
    startNode(boot: string) {
      const follower = createRouteFollower({
        ...{ channel: world.channel, file, zone: 'ae', node: 'serve-ae', boot, clock, log },
        async apply(table) {
          const answer = await world.apply(table);
          applied.push(table);
          return answer;
        },
      });
      return { ...follower, ended: follower.run(stop.signal) };
    },
    events: () => log.lines().map((line) => JSON.parse(line).event),
    /** Lets time pass until it is so; files take real time, everything else the simulated. */
    until: (isSo: () => unknown) =>
      vi.waitFor(async () => {
        await clock.advance(1_000);
        await isSo();
      }, 20_000),
  };
  return world;
}

describe('followed routes', () => {
  it('are kept for the owner alone before they are served, and acknowledged afterwards', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const order: string[] = [];
    world.apply = async (table) => {
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(table);
      order.push(`served, ${(await world.routes.listAcknowledgements()).length} acknowledged`);
      return ALL_LOADED;
    };
    const node = world.startNode('boot-1');
    await world.until(async () =>
      expect(await world.routes.listAcknowledgements()).toHaveLength(1),
    );
    expect(order).toEqual(['served, 0 acknowledged']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'node'))).toEqual(['routes.json']);
    expect(node.revision()).toBe(1);
    expect(await world.routes.listAcknowledgements()).toEqual([
      { v: 1, zone: 'ae', node: 'serve-ae', boot: 'boot-1', revision: 1, ...ALL_LOADED },
    ]);
  });

  it('are followed from revision to revision, until it is told to stop', async () => {
    const world = createWorld();
    const node = world.startNode('boot-1');
    expect(node.revision()).toBeNull();
    for (const threshold of [0.1, 0.2, 0.3]) {
      await world.routes.putEndpoint(LEADER, 'payments/fraud', { ...SETTINGS, threshold });
      const { revision } = await world.routes.read();
      await world.until(() => expect(node.revision()).toBe(revision));
    }
    expect(world.applied.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    stop.abort();
    await node.ended;
    expect(world.clock.countSleepers()).toBe(0);
  });

  it('of the last start are served before anything else, while nobody tells new ones', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const first = world.startNode('boot-1');
    await world.until(() => expect(first.revision()).toBe(1));
    stop.abort();
    await first.ended;
    stop = new AbortController();
    world.control.isAway = true;
    const second = world.startNode('boot-2');
    await world.until(() => expect(second.revision()).toBe(1));
    expect(world.applied[1]).toEqual(world.applied[0]);
    await world.until(() => expect(world.events()).toContain('routes-not-followed'));
    await world.routes.putEndpoint(LEADER, 'payments/fraud', { ...SETTINGS, threshold: 0.9 });
    world.control.isAway = false;
    await world.until(() => expect(second.revision()).toBe(2));
    await world.until(async () =>
      expect(await world.routes.listAcknowledgements()).toMatchObject([
        { boot: 'boot-2', revision: 2 },
      ]),
    );
  });
});

describe('routes in trouble', () => {
  it.each([
    ['torn', '{"v":1,"zone":"ae"'],
    ['of another shape', '{"v":1,"zone":"ae","revision":-1,"endpoints":[]}'],
    ['of another zone', '{"v":1,"zone":"eu","revision":7,"endpoints":[]}'],
  ])('are set aside when the kept ones are %s', async (_, text) => {
    await mkdir(join(folder, 'node'));
    await writeFile(file, text);
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const node = world.startNode('boot-1');
    await world.until(() => expect(node.revision()).toBe(1));
    expect(await readFile(`${file}.broken`, 'utf8')).toBe(text);
    expect(world.events()).toContain('routes-broken');
    expect(world.applied.map(({ revision }) => revision)).toEqual([1]);
  });

  it('are served although they cannot be kept: a rollback is not up to a full disk', async () => {
    await writeFile(join(folder, 'node'), 'a file where the folder should be');
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const node = world.startNode('boot-1');
    await world.until(() => expect(node.revision()).toBe(1));
    expect(world.events()).toContain('routes-not-kept');
  });

  it('are tried again when they could not be served at all', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    let tries = 0;
    world.apply = async () => {
      tries += 1;
      if (tries < 3) throw new Error('out of memory');
      return ALL_LOADED;
    };
    const node = world.startNode('boot-1');
    await world.until(() => expect(node.revision()).toBe(1));
    expect(tries).toBe(3);
  });

  it('are tried again when a version could not be loaded, and then acknowledged anew', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const failed = [{ version: toVersion('a'), why: 'its file is not there yet' }];
    world.apply = async () => (world.applied.length === 0 ? { loaded: [], failed } : ALL_LOADED);
    world.startNode('boot-1');
    await world.until(async () =>
      expect(await world.routes.listAcknowledgements()).toMatchObject([{ loaded: [], failed }]),
    );
    const failedAt = world.clock.now();
    await world.until(async () =>
      expect(await world.routes.listAcknowledgements()).toMatchObject([ALL_LOADED]),
    );
    // Sooner than nodes ask when all is well: who waits for a release looks at the status.
    expect(world.clock.now() - failedAt).toBeLessThan(10_000);
  });

  it('of the last start are tried again while nobody tells newer ones', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const first = world.startNode('boot-1');
    await world.until(() => expect(first.revision()).toBe(1));
    stop.abort();
    await first.ended;
    stop = new AbortController();
    world.control.isAway = true;
    let tries = 0;
    world.apply = async () => {
      tries += 1;
      if (tries < 3) throw new Error('the disk is not there yet');
      return ALL_LOADED;
    };
    const second = world.startNode('boot-2');
    await world.until(() => expect(second.revision()).toBe(1));
    expect(tries).toBe(3);
  });

  it('are followed on although what the node says of them is refused', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    world.apply = async () => ({ loaded: ['no digest'], failed: [] });
    const node = world.startNode('boot-1');
    await world.until(() => expect(world.events()).toContain('acknowledgement-refused'));
    world.apply = async () => ({
      ...{ loaded: [], failed: [{ version: toVersion('a'), why: 'x'.repeat(5_000) }] },
    });
    await world.routes.putEndpoint(LEADER, 'payments/fraud', null);
    await world.until(() => expect(node.revision()).toBe(2));
    await world.until(async () =>
      expect(await world.routes.listAcknowledgements()).toMatchObject([
        { revision: 2, failed: [{ why: 'x'.repeat(1_024) }] },
      ]),
    );
  });

  it('are acknowledged later when the word was lost', async () => {
    const world = createWorld();
    await world.routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    world.apply = async () => {
      world.control.isAway = true;
      return ALL_LOADED;
    };
    const node = world.startNode('boot-1');
    await world.until(() => expect(node.revision()).toBe(1));
    await world.until(() => expect(world.events()).toContain('routes-not-followed'));
    expect(await world.routes.listAcknowledgements()).toEqual([]);
    world.control.isAway = false;
    await world.until(async () =>
      expect(await world.routes.listAcknowledgements()).toHaveLength(1),
    );
    expect(world.applied).toHaveLength(1);
  });
});
