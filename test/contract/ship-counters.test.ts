import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryCounters } from '../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../reconciler/adapters/counters/memory/tables.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import { MAX_CONTROL_MESSAGE_BYTES } from '../../reconciler/core/contracts/control-message.ts';
import type {
  CounterDelta,
  CounterEntry,
} from '../../reconciler/core/contracts/generated/counter-delta.generated.ts';
import { checkContract } from '../../reconciler/core/contracts/parse-contract.ts';
import { compareCounters, sumCounters } from '../../reconciler/core/serving/sum-counters.ts';
import { createCounterShipper } from '../../runners/serve/control/ship-counters.ts';
import { makeEntry, toVersion } from '../support/counter-samples.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-spool-'));
});
afterEach(() => rm(folder, { recursive: true }));

const clock = createSimulatedClock({ startAt: 0 });
const log = createMemoryLog({ clock });
const readLog = () => log.lines().map((line) => JSON.parse(line));

/** What happens to a message on its way. */
type Weather = 'fair' | 'lost' | 'answer lost' | 'late' | 'hangs' | 'taken, then hangs';

/** A control plane that takes, loses or delays what it is sent. */
function createFaultyPlane() {
  const counters = createMemoryCounters({ tables: createMemoryCounterTables() });
  const late: CounterDelta[] = [];
  const sent: CounterDelta[] = [];
  const plane = {
    counters,
    late,
    sent,
    weather: 'fair' as Weather,
    /** Called when a message hangs: its sender will hear no more. */
    onHanging: () => {},
    channel: {
      followRoutes: async () => null,
      acknowledge: async () => {},
      async sendCounters(delta: CounterDelta) {
        const { weather } = plane;
        sent.push(delta);
        expect(checkContract('CounterDelta', delta).state).toBe('valid');
        const isTaken = ['fair', 'answer lost', 'taken, then hangs'].includes(weather);
        if (isTaken) await counters.accept(structuredClone(delta));
        if (weather === 'late') late.push(structuredClone(delta));
        if (weather === 'fair') return;
        if (weather.endsWith('hangs')) {
          plane.onHanging();
          await new Promise(() => {});
        }
        throw new CodedError('P811', `the message is ${weather}`, { remedy: 'retry' });
      },
    },
  };
  return plane;
}

type Plane = ReturnType<typeof createFaultyPlane>;

/** A node that counts; `crash` by letting go of it and starting the next one. */
function startNode(plane: Plane, boot: string, at = folder) {
  let counted: readonly CounterEntry[] = [];
  const shipper = createCounterShipper({
    channel: plane.channel,
    folder: at,
    collect() {
      const collected = counted;
      counted = [];
      return collected;
    },
    ...{ zone: 'ae', node: 'serve-ae', boot, clock, log },
  });
  return {
    ...shipper,
    count(entries: readonly CounterEntry[]) {
      counted = [...counted, ...entries];
    },
  };
}

type Step = {
  readonly weather: Weather;
  readonly entries: readonly CounterEntry[];
  readonly isCrashing: boolean;
};

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    weather: fc.constantFrom<Weather>(
      ...(['fair', 'lost', 'answer lost', 'late', 'hangs', 'taken, then hangs'] as const),
    ),
    entries: fc.array(
      fc
        .record({
          version: fc.constantFrom(toVersion('a'), toVersion('b')),
          routeRevision: fc.integer({ min: 1, max: 3 }),
          requests: fc.nat({ max: 100 }),
          score: fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 })),
        })
        .map(makeEntry),
      { maxLength: 4 },
    ),
    isCrashing: fc.boolean(),
  }),
  { minLength: 1, maxLength: 14 },
);

async function live(history: readonly Step[], at: string): Promise<Plane> {
  const plane = createFaultyPlane();
  let boot = 1;
  let node = startNode(plane, `boot-${boot}`, at);
  for (const step of history) {
    plane.weather = step.weather;
    node.count(step.entries);
    const hanging = new Promise<void>((resolve) => {
      plane.onHanging = resolve;
    });
    const flushed = node.flush().then(() => 'flushed');
    const outcome = await Promise.race([flushed, hanging]);
    if (outcome === 'flushed' && !step.isCrashing) continue;
    boot += 1;
    node = startNode(plane, `boot-${boot}`, at);
  }
  plane.weather = 'fair';
  expect(await node.flush()).toBe('sent');
  for (const delta of plane.late) await plane.counters.accept(delta);
  return plane;
}

describe('shipped counts', () => {
  it('count exactly once, whatever is lost, late, unanswered or killed', async () => {
    let run = 0;
    const judge = async (history: readonly Step[]) => {
      run += 1;
      const plane = await live(history, join(folder, `run-${run}`));
      const exact = sumCounters(history.flatMap(({ entries }) => entries));
      expect(await plane.counters.readTotals(null)).toEqual([...exact].sort(compareCounters));
      expect(toGaps(plane.sent)).toEqual([]);
    };
    await fc.assert(fc.asyncProperty(steps, judge), { numRuns: 60 });
  });

  it('leave nothing behind when all is taken', async () => {
    const plane = createFaultyPlane();
    const node = startNode(plane, 'boot-1');
    node.count([makeEntry()]);
    expect(await node.flush()).toBe('sent');
    expect(await readdir(folder)).toEqual([]);
    expect(await node.flush()).toBe('sent');
    expect(plane.sent).toHaveLength(1);
  });

  it('are on disk, for the owner alone, before they are sent', async () => {
    const plane = createFaultyPlane();
    const node = startNode(plane, 'boot-1');
    plane.weather = 'hangs';
    const hanging = new Promise<void>((resolve) => {
      plane.onHanging = resolve;
    });
    node.count([makeEntry()]);
    void node.flush();
    await hanging;
    expect(await readdir(folder)).toEqual(['boot-1.json']);
    expect((await stat(join(folder, 'boot-1.json'))).mode & 0o777).toBe(0o600);
    const spool = JSON.parse(await readFile(join(folder, 'boot-1.json'), 'utf8'));
    expect(spool).toMatchObject({ sequence: 1, sending: [makeEntry()], waiting: [] });
  });

  it('stay one small file however long nobody takes them', async () => {
    const plane = createFaultyPlane();
    const node = startNode(plane, 'boot-1');
    plane.weather = 'lost';
    for (let second = 0; second < 50; second += 1) {
      node.count([makeEntry()]);
      expect(await node.flush()).toBe('spooled');
    }
    expect(await readdir(folder)).toEqual(['boot-1.json']);
    expect((await stat(join(folder, 'boot-1.json'))).size).toBeLessThan(2_000);
    plane.weather = 'fair';
    expect(await node.flush()).toBe('sent');
    expect((await plane.counters.readTotals(null))[0]?.requests).toBe(150);
    expect(new Set(plane.sent.map(({ sequence }) => sequence))).toEqual(new Set([1, 2]));
  });

  it('of an earlier start go first, under its own boot', async () => {
    const plane = createFaultyPlane();
    const first = startNode(plane, 'boot-1');
    plane.weather = 'lost';
    first.count([makeEntry()]);
    await first.flush();
    plane.weather = 'fair';
    const second = startNode(plane, 'boot-2');
    second.count([makeEntry()]);
    expect(await second.flush()).toBe('sent');
    expect(plane.sent.map(({ boot, sequence }) => [boot, sequence])).toEqual([
      ['boot-1', 1],
      ['boot-1', 1],
      ['boot-2', 1],
    ]);
    expect(await readdir(folder)).toEqual([]);
  });
});

function toGaps(sent: readonly CounterDelta[]): readonly string[] {
  const boots = new Set(sent.map(({ boot }) => boot));
  return [...boots].filter((boot) => {
    const own = new Set(sent.filter((delta) => delta.boot === boot).map((d) => d.sequence));
    return Math.max(...own) !== own.size;
  });
}

describe('counts that do not fit', () => {
  it('go in parts that each fit one message', async () => {
    const plane = createFaultyPlane();
    const node = startNode(plane, 'boot-1');
    const features = Array.from({ length: 200 }, () => ({
      ...{ counts: Array.from({ length: 256 }, () => 123_456_789), null: 0, nonFinite: 0 },
    }));
    const large = Array.from({ length: 12 }, (_, at) => makeEntry({ routeRevision: at, features }));
    const many = Array.from({ length: 1_500 }, (_, at) =>
      makeEntry({ routeRevision: at, version: toVersion('b') }),
    );
    node.count([...large, ...many]);
    expect(await node.flush()).toBe('sent');
    const sizes = plane.sent.map((delta) => Buffer.byteLength(JSON.stringify(delta)));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_CONTROL_MESSAGE_BYTES);
    expect(plane.sent.length).toBeGreaterThan(2);
    expect(await plane.counters.readTotals(null)).toHaveLength(1_512);
  });

  it('cost only themselves when they are refused, and leave no gap', async () => {
    const plane = createFaultyPlane();
    await plane.counters.accept({
      ...{ v: 1, zone: 'ae', node: 'other', boot: 'x', sequence: 1, entries: [makeEntry()] },
    });
    const node = startNode(plane, 'boot-1');
    const good = Array.from({ length: 9 }, (_, at) => makeEntry({ routeRevision: 10 + at }));
    const bad = makeEntry({ routeRevision: 99, score: [1, 2, 3] });
    node.count([...good.slice(0, 4), bad, ...good.slice(4)]);
    expect(await node.flush()).toBe('sent');
    expect(await plane.counters.readTotals(null)).toEqual([makeEntry(), ...good]);
    expect(toGaps(plane.sent)).toEqual([]);
    expect(
      readLog()
        .filter(({ event }) => event === 'counts-refused')
        .at(-1),
    ).toMatchObject({
      ...{ level: 'error', message: expect.stringContaining('of 3 requests are lost') },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['no JSON', 'half a fi'],
    ['no spool', '{}'],
    ['malformed counts', '{"v":1,"boot":"boot-1","sequence":1,"sending":[{}],"waiting":[]}'],
    ['of another boot', '{"v":1,"boot":"boot-9","sequence":1,"sending":null,"waiting":[]}'],
  ])('are set aside when what was spooled is %s', async (_, text) => {
    await writeFile(join(folder, 'boot-1.json'), text);
    const plane = createFaultyPlane();
    const node = startNode(plane, 'boot-2');
    node.count([makeEntry()]);
    expect(await node.flush()).toBe('sent');
    expect(await readdir(folder)).toEqual(['boot-1.json.broken']);
    expect(await plane.counters.readTotals(null)).toEqual([makeEntry()]);
  });

  it('stay in memory while the disk takes nothing, and are sent all the same', async () => {
    const plane = createFaultyPlane();
    const blocked = join(folder, 'blocked');
    const node = startNode(plane, 'boot-1', blocked);
    await writeFile(blocked, 'a file where the folder should be');
    node.count([makeEntry()]);
    expect(await node.flush()).toBe('spooled');
    await rm(blocked);
    node.count([makeEntry()]);
    expect(await node.flush()).toBe('sent');
    expect((await plane.counters.readTotals(null))[0]?.requests).toBe(6);
  });
});

describe('a running shipper', () => {
  it('collects each second, also while a message hangs, and says once that nobody hears', async () => {
    const plane = createFaultyPlane();
    const node = startNode(plane, 'boot-1');
    plane.weather = 'lost';
    const stop = new AbortController();
    const before = readLog().length;
    const running = node.run(stop.signal);
    const bothSleep = () => vi.waitFor(() => expect(clock.countSleepers()).toBe(2), 10_000);
    for (let second = 0; second < 3; second += 1) {
      await bothSleep();
      node.count([makeEntry()]);
      await clock.advance(1_000);
    }
    await bothSleep();
    expect(
      readLog()
        .slice(before)
        .map(({ event }) => event),
    ).toEqual(['counts-not-taken']);
    plane.weather = 'hangs';
    const hanging = new Promise<void>((resolve) => {
      plane.onHanging = resolve;
    });
    node.count([makeEntry()]);
    await clock.advance(1_000);
    await hanging;
    await vi.waitFor(() => expect(clock.countSleepers()).toBe(1), 10_000);
    node.count([makeEntry()]);
    await clock.advance(1_000);
    await vi.waitFor(async () => {
      const spool = JSON.parse(await readFile(join(folder, 'boot-1.json'), 'utf8'));
      const all = [...spool.sending, ...spool.waiting] as readonly CounterEntry[];
      expect(all.reduce((sum, { requests }) => sum + requests, 0)).toBe(15);
    }, 10_000);
    stop.abort();
    expect(await Promise.race([running.then(() => 'ended'), 'waits for the answer'])).toBe(
      'waits for the answer',
    );
  });
});
