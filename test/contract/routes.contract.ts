import { beforeEach, describe, expect, it } from 'vitest';
import type { Fence } from '../../reconciler/core/contracts/fence.ts';
import type { RouteAcknowledgement } from '../../reconciler/core/contracts/generated/route-acknowledgement.generated.ts';
import { checkContract } from '../../reconciler/core/contracts/parse-contract.ts';
import type { EndpointSettings, Routes } from '../../reconciler/ports/routes.ts';

export type RoutesHarness = {
  /** Of the zone `ae`. */
  readonly routes: Routes;
  /** Opens the routes again on the same durable state, as after a crash of the process. */
  restart(): Promise<Routes>;
};

export type RoutesSubject = { readonly name: string; create(): Promise<RoutesHarness> };

const LEADER: Fence = { holder: 'first', epoch: 1 };
const SUCCESSOR: Fence = { holder: 'second', epoch: 2 };
const FRAUD = 'payments/fraud';
const SETTINGS: EndpointSettings = {
  model: 'payments/fraud',
  threshold: 0.81,
  batching: { maxBatchSize: 64, maxDelayMicroseconds: 0, maxQueueRows: 1024 },
};
const toVersion = (digit: string) => `sha256:${digit.repeat(64)}`;
const ALL_OF_A = [{ version: toVersion('a'), percent: 100 }];
const MOST_OF_A = [
  { version: toVersion('a'), percent: 90 },
  { version: toVersion('b'), percent: 10 },
];

type GetHarness = () => RoutesHarness;

/** What every store of routes promises. */
export function describeRoutes(subject: RoutesSubject): void {
  describe(`routes: ${subject.name}`, () => {
    let harness: RoutesHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    describeTable(() => harness);
    describeKeys(() => harness);
    describeRefusals(() => harness);
    describeFence(() => harness);
    describeWords(() => harness);
    describeOldWords(() => harness);
  });
}

function describeTable(harness: GetHarness): void {
  it('is empty at revision 0 before anything is served', async () => {
    const empty = { v: 1, zone: 'ae', revision: 0, endpoints: [] };
    expect(await harness().routes.read()).toEqual(empty);
  });

  it('counts a revision up with each change that nodes would see, and only then', async () => {
    const { routes } = harness();
    const revisionAfter = async (write: Promise<unknown>) => {
      const said = await write;
      const { revision } = await routes.read();
      expect(said ?? revision).toBe(revision);
      return revision;
    };
    expect(await revisionAfter(routes.putEndpoint(LEADER, FRAUD, SETTINGS))).toBe(1);
    expect(await revisionAfter(routes.putEndpoint(LEADER, FRAUD, { ...SETTINGS }))).toBe(1);
    expect(await revisionAfter(routes.putVersions(LEADER, FRAUD, ALL_OF_A))).toBe(2);
    expect(await revisionAfter(routes.putVersions(LEADER, FRAUD, [...ALL_OF_A]))).toBe(2);
    expect(await revisionAfter(routes.putVersions(LEADER, FRAUD, MOST_OF_A))).toBe(3);
    const other = { ...SETTINGS, threshold: 0.5 };
    expect(await revisionAfter(routes.putEndpoint(LEADER, FRAUD, other))).toBe(4);
    expect(await revisionAfter(routes.putEndpoint(LEADER, FRAUD, null))).toBe(5);
    expect(await revisionAfter(routes.putEndpoint(LEADER, FRAUD, null))).toBe(5);
    expect(await revisionAfter(routes.putVersions(LEADER, FRAUD, null))).toBe(5);
  });

  it('goes on above a revision that nodes have seen of another store, and never back', async () => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    await routes.skipBeyond(40);
    expect((await routes.read()).revision).toBe(41);
    await routes.skipBeyond(7);
    expect(await routes.putVersions(LEADER, FRAUD, ALL_OF_A)).toBe(42);
  });

  it('gives the table byte for byte after a restart', async () => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    await routes.putVersions(LEADER, FRAUD, MOST_OF_A);
    // Written with its members in another order, as another version of the program might.
    const { batching, threshold, model } = SETTINGS;
    await routes.putEndpoint(LEADER, 'lending/score', { batching, threshold, model });
    await routes.putEndpoint(LEADER, 'payments/Abc', { ...SETTINGS, threshold: 0.1 + 0.2 });
    const text = JSON.stringify(await routes.read());
    expect(JSON.stringify(await (await harness().restart()).read())).toBe(text);
    const table = checkContract('RouteTable', JSON.parse(text));
    expect(table).toMatchObject({ state: 'valid', value: { revision: 4 } });
    const names = (await routes.read()).endpoints.map(({ endpoint }) => endpoint);
    expect(names).toEqual(['lending/score', 'payments/Abc', FRAUD]);
  });

  it('keeps versions for an endpoint that is yet to come', async () => {
    const { routes } = harness();
    await routes.putVersions(LEADER, FRAUD, MOST_OF_A);
    expect(await routes.read()).toMatchObject({ revision: 0, endpoints: [] });
    await (await harness().restart()).putEndpoint(LEADER, FRAUD, SETTINGS);
    expect((await routes.read()).endpoints[0]?.versions).toEqual(MOST_OF_A);
  });

  it('has no versions where a release is awaited', async () => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    expect((await routes.read()).endpoints[0]?.versions).toEqual([]);
    await routes.putVersions(LEADER, FRAUD, ALL_OF_A);
    await routes.putVersions(LEADER, FRAUD, null);
    expect((await routes.read()).endpoints[0]?.versions).toEqual([]);
  });
}

function describeKeys(harness: GetHarness): void {
  const keyOf = async (endpoint: string) => {
    const { endpoints } = await harness().routes.read();
    return endpoints.find((route) => route.endpoint === endpoint)?.assignmentKey;
  };

  it('keeps an assignment key over every change, and gives it up with the endpoint', async () => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    const first = await keyOf(FRAUD);
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    await routes.putVersions(LEADER, FRAUD, ALL_OF_A);
    await routes.putVersions(LEADER, FRAUD, MOST_OF_A);
    await routes.putEndpoint(LEADER, FRAUD, { ...SETTINGS, threshold: 0.3 });
    await (await harness().restart()).putVersions(LEADER, FRAUD, ALL_OF_A);
    expect(await keyOf(FRAUD)).toBe(first);
    await routes.putEndpoint(LEADER, FRAUD, null);
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    expect(await keyOf(FRAUD)).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf(FRAUD)).not.toBe(first);
  });

  it('gives each endpoint a key of its own', async () => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    await routes.putEndpoint(LEADER, 'payments/other', SETTINGS);
    expect(await keyOf(FRAUD)).not.toBe(await keyOf('payments/other'));
  });
}

function describeRefusals(harness: GetHarness): void {
  it.each([
    ['shares below 100', [{ version: toVersion('a'), percent: 99 }]],
    ['a share that is no number', [{ version: toVersion('a'), percent: Number.NaN }]],
    ['a version twice', [...MOST_OF_A.slice(1), { version: toVersion('b'), percent: 90 }]],
    ['a name that is no digest', [{ version: 'latest', percent: 100 }]],
    [
      'a negative share',
      [
        { ...ALL_OF_A[0], percent: 110 },
        { version: toVersion('b'), percent: -10 },
      ],
    ],
  ])('refuses %s and changes nothing', async (_, versions) => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    await routes.putVersions(LEADER, FRAUD, ALL_OF_A);
    const before = await routes.read();
    const shares = versions.map((share) => ({ version: toVersion('a'), ...share }));
    await expect(routes.putVersions(LEADER, FRAUD, shares)).rejects.toMatchObject({ code: 'P807' });
    expect(await routes.read()).toEqual(before);
  });

  it('refuses settings that nodes could not read', async () => {
    const { routes } = harness();
    const bad = { ...SETTINGS, batching: { ...SETTINGS.batching, maxBatchSize: 0 } };
    await expect(routes.putEndpoint(LEADER, FRAUD, bad)).rejects.toMatchObject({ code: 'P807' });
    expect(await routes.read()).toMatchObject({ revision: 0, endpoints: [] });
  });
}

function describeFence(harness: GetHarness): void {
  it('refuses writes below the fence and changes nothing, also after a restart', async () => {
    const { routes } = harness();
    await routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    await routes.putVersions(LEADER, FRAUD, ALL_OF_A);
    const before = await routes.read();
    await routes.raiseFence(SUCCESSOR);
    const refused = { code: 'P403' };
    for (const store of [routes, await harness().restart()]) {
      await expect(store.putEndpoint(LEADER, FRAUD, null)).rejects.toMatchObject(refused);
      await expect(store.putVersions(LEADER, FRAUD, MOST_OF_A)).rejects.toMatchObject(refused);
      // Also where it would change nothing: whoever was replaced must hear of it.
      await expect(store.putVersions(LEADER, FRAUD, ALL_OF_A)).rejects.toMatchObject(refused);
      await expect(store.raiseFence(LEADER)).rejects.toMatchObject(refused);
    }
    expect(await routes.read()).toEqual(before);
    await routes.raiseFence(SUCCESSOR);
    await routes.putVersions(SUCCESSOR, FRAUD, MOST_OF_A);
    expect((await routes.read()).revision).toBe(before.revision + 1);
  });

  it('takes the fence of a write as seen', async () => {
    const { routes } = harness();
    await routes.putEndpoint(SUCCESSOR, FRAUD, SETTINGS);
    const late = routes.putEndpoint(LEADER, FRAUD, null);
    await expect(late).rejects.toMatchObject({ code: 'P403' });
  });
}

function makeWord(change: Partial<RouteAcknowledgement> = {}): RouteAcknowledgement {
  return {
    v: 1,
    zone: 'ae',
    node: 'serve-ae',
    boot: 'boot-1',
    revision: 3,
    loaded: [toVersion('a')],
    failed: [],
    ...change,
  };
}

function describeWords(harness: GetHarness): void {
  it('keeps the last word of each node, also after a restart', async () => {
    const { routes } = harness();
    expect(await routes.listAcknowledgements()).toEqual([]);
    await routes.acknowledge(makeWord());
    const failed = [{ version: toVersion('b'), why: 'no such file' }];
    const later = makeWord({ revision: 4, failed });
    await routes.acknowledge(later);
    const other = makeWord({ node: 'serve-ae-2', boot: 'boot-9', revision: 1 });
    await routes.acknowledge(other);
    expect(await routes.listAcknowledgements()).toEqual([later, other]);
    expect(await (await harness().restart()).listAcknowledgements()).toEqual([later, other]);
  });

  it('takes a later word on the same revision', async () => {
    const { routes } = harness();
    await routes.acknowledge(makeWord({ loaded: [] }));
    await routes.acknowledge(makeWord());
    expect(await routes.listAcknowledgements()).toEqual([makeWord()]);
  });

  it('keeps one word of one node that many ways bring at once', async () => {
    const { routes } = harness();
    const revisions = Array.from({ length: 12 }, (_, at) => at);
    await Promise.all(revisions.map((revision) => routes.acknowledge(makeWord({ revision }))));
    expect(await routes.listAcknowledgements()).toEqual([makeWord({ revision: 11 })]);
  });
}

function describeOldWords(harness: GetHarness): void {
  it('ignores a lower revision of the same boot', async () => {
    const { routes } = harness();
    await routes.acknowledge(makeWord());
    await routes.acknowledge(makeWord({ revision: 2 }));
    expect(await routes.listAcknowledgements()).toEqual([makeWord()]);
  });

  it('takes a lower revision of a new boot, and then nothing of the old one', async () => {
    const { routes } = harness();
    await routes.acknowledge(makeWord());
    const restarted = makeWord({ boot: 'boot-0', revision: 1 });
    await routes.acknowledge(restarted);
    await routes.acknowledge(makeWord({ revision: 9 }));
    expect(await routes.listAcknowledgements()).toEqual([restarted]);
    await (await harness().restart()).acknowledge(makeWord({ revision: 10 }));
    expect(await routes.listAcknowledgements()).toEqual([restarted]);
  });

  it('makes room for new nodes among those heard long ago', async () => {
    const { routes } = harness();
    const names = Array.from({ length: 257 }, (_, at) => `node-${1000 + at}`);
    for (const node of names) await routes.acknowledge(makeWord({ node }));
    const kept = (await routes.listAcknowledgements()).map(({ node }) => node);
    expect(kept).toEqual(names.slice(1));
  });
}
