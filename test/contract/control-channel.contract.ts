import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouteAcknowledgement } from '../../reconciler/core/contracts/generated/route-acknowledgement.generated.ts';
import type { ControlChannel } from '../../reconciler/ports/control-channel.ts';
import type { Counters } from '../../reconciler/ports/counters.ts';
import type { Routes } from '../../reconciler/ports/routes.ts';
import { makeDelta, makeEntry, toVersion } from '../support/counter-samples.ts';

export type ControlChannelHarness = {
  /** Of the zone `ae`. */
  readonly channel: ControlChannel;
  readonly routes: Routes;
  readonly counters: Counters;
  /** From now on the control plane cannot be reached. */
  leave(): Promise<void>;
  /** It can be reached again, as another start of it. */
  comeBack(): Promise<void>;
  close(): Promise<void>;
};

export type ControlChannelSubject = {
  readonly name: string;
  /** A wait for routes takes `followMs` at most; long waits end by news alone. */
  create(followMs: number): Promise<ControlChannelHarness>;
};

const LEADER = { holder: 'first', epoch: 1 };
const SETTINGS = {
  model: 'payments/fraud',
  threshold: 0.5,
  batching: { maxBatchSize: 8, maxDelayMicroseconds: 0, maxQueueRows: 64 },
};
const WORD: RouteAcknowledgement = {
  v: 1,
  zone: 'ae',
  node: 'serve-ae',
  boot: 'boot-1',
  revision: 1,
  loaded: [toVersion('a')],
  failed: [{ version: toVersion('b'), why: 'its file is gone' }],
};
const LONG_MS = 20_000;
const AWAY = { code: 'P811', remedy: 'retry' };

type GetHarness = () => ControlChannelHarness;

/** What every way to the control plane promises. */
export function describeControlChannel(subject: ControlChannelSubject): void {
  describe(`control channel: ${subject.name}`, () => {
    let harness: ControlChannelHarness;
    beforeEach(async () => {
      harness = await subject.create(LONG_MS);
    });
    afterEach(() => harness.close());
    describeFollowing(() => harness);
    describeMessages(() => harness);
    describeAbsence(() => harness);

    it('has nothing when nothing comes in time', async () => {
      const hasty = await subject.create(0);
      try {
        expect(await hasty.channel.followRoutes(0, new AbortController().signal)).toBeNull();
      } finally {
        await hasty.close();
      }
    });
  });
}

function describeFollowing(harness: GetHarness): void {
  it('gives the routes at once when they are newer', async () => {
    const { channel, routes } = harness();
    await routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const table = await channel.followRoutes(0, new AbortController().signal);
    expect(table).toEqual(await routes.read());
    expect(table?.revision).toBe(1);
  });

  it('waits for a change, and gives it to all who wait', async () => {
    const { channel, routes } = harness();
    const { signal } = new AbortController();
    const waiting = [channel.followRoutes(0, signal), channel.followRoutes(0, signal)];
    await routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const table = await routes.read();
    expect(await Promise.all(waiting)).toEqual([table, table]);
  });

  it('ends the wait when it is told to', async () => {
    const stop = new AbortController();
    const waiting = harness().channel.followRoutes(0, stop.signal);
    stop.abort();
    expect(await waiting).toBeNull();
    expect(await harness().channel.followRoutes(0, stop.signal)).toBeNull();
  });
}

function describeMessages(harness: GetHarness): void {
  it('brings an acknowledgement', async () => {
    const { channel, routes } = harness();
    await channel.acknowledge(WORD);
    expect(await routes.listAcknowledgements()).toEqual([WORD]);
  });

  it('brings counts once, however often they are sent', async () => {
    const { channel, counters } = harness();
    const delta = makeDelta(1, [makeEntry()]);
    await channel.sendCounters(delta);
    await channel.sendCounters(delta);
    expect(await counters.readTotals(null)).toEqual([makeEntry()]);
  });

  it.each([
    ['of another zone', { ...makeDelta(1, [makeEntry()]), zone: 'eu' }],
    ['that are no counts', makeDelta(1, [makeEntry({ requests: -1 })])],
    ['in other cells than before', makeDelta(2, [makeEntry({ score: [1] })])],
    ['beyond what is read', makeDelta(2, [makeEntry({ endpoint: 'x'.repeat(5_000_000) })])],
  ])('refuses counts %s for good', async (_, delta) => {
    const { channel, counters } = harness();
    await counters.accept(makeDelta(1, [makeEntry()]));
    await expect(channel.sendCounters(delta)).rejects.toMatchObject({ code: 'P703' });
    expect(await counters.readTotals(null)).toEqual([makeEntry()]);
  });

  it('refuses an acknowledgement of another zone', async () => {
    const { channel, routes } = harness();
    const foreign = channel.acknowledge({ ...WORD, zone: 'eu' });
    await expect(foreign).rejects.toMatchObject({ code: 'P703' });
    expect(await routes.listAcknowledgements()).toEqual([]);
  });
}

function describeAbsence(harness: GetHarness): void {
  it('says so while the control plane is away, and reaches it when it is back', async () => {
    const { channel, routes, counters, leave, comeBack } = harness();
    const delta = makeDelta(1, [makeEntry()]);
    await channel.sendCounters(delta);
    await leave();
    await expect(channel.sendCounters(delta)).rejects.toMatchObject(AWAY);
    await expect(channel.acknowledge(WORD)).rejects.toMatchObject(AWAY);
    const following = channel.followRoutes(0, new AbortController().signal);
    await expect(following).rejects.toMatchObject(AWAY);
    await comeBack();
    await channel.sendCounters(delta);
    await channel.acknowledge(WORD);
    expect(await counters.readTotals(null)).toEqual([makeEntry()]);
    expect(await routes.listAcknowledgements()).toEqual([WORD]);
    await routes.putEndpoint(LEADER, 'payments/fraud', SETTINGS);
    const table = await channel.followRoutes(0, new AbortController().signal);
    expect(table).toEqual(await routes.read());
  });
}
