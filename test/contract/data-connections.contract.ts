import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type {
  DataConnection,
  DataConnections,
  DataLocation,
} from '../../reconciler/ports/data-connections.ts';

export type DataConnectionsHarness = {
  /** Its scenario makes up `first.csv` and `second.csv`, whose text is the job's seed. */
  readonly connections: DataConnections;
  /** As a person does. The connection is there already. */
  readonly put: (location: DataLocation, text: string) => Promise<void>;
  /** What stands at a place that was located. */
  readonly readText: (path: string) => Promise<string>;
  /** Takes a made-up file away behind the connection's back. */
  readonly take: (location: DataLocation) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const SEEDED = (seed: number): DataConnection => ({
  name: 'warehouse',
  synthetic: { scenario: 'card-fraud', seed, asOf: '2026-06-01T00:00:00Z', days: 60, customers: 3 },
});

export const BY_PEOPLE: DataConnection = { name: 'warehouse', synthetic: null };

const FIRST: DataLocation = { connection: 'warehouse', path: 'first.csv' };

/** Of a refusal as of any other end. */
export async function expectRefusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(isCodedError(error, 'P801'), String(error)).toBe(true);
  return String(error);
}

/** What data connections promise, wherever the data is. */
export function describeDataConnections(
  name: string,
  make: () => Promise<DataConnectionsHarness>,
): void {
  describe(`data connections: ${name}`, () => {
    let harness: DataConnectionsHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());
    const readFirst = async () => harness.readText(await harness.connections.locate(FIRST));
    describeMadeUp(() => harness, readFirst);
    describePeople(() => harness);
  });
}

function describeMadeUp(
  harness: () => DataConnectionsHarness,
  readFirst: () => Promise<string>,
): void {
  it('is absent until it is ensured, and again when it is removed', async () => {
    const { connections } = harness();
    expect(await connections.observe(SEEDED(1))).toBe('absent');
    await connections.ensure(SEEDED(1));
    expect(await connections.observe(SEEDED(1))).toBe('present');
    await connections.remove('warehouse');
    await connections.remove('warehouse');
    expect(await connections.observe(SEEDED(1))).toBe('absent');
    await expectRefusal(connections.locate(FIRST));
  });

  it('makes up what is declared, and anew when the declaration changes', async () => {
    const { connections } = harness();
    await connections.ensure(SEEDED(1));
    expect(await readFirst()).toBe('1');
    expect(await connections.observe(SEEDED(2))).toBe('absent');
    await connections.ensure(SEEDED(2));
    expect(await readFirst()).toBe('2');
    expect(await connections.observe(SEEDED(1))).toBe('absent');
  });

  it('makes up again what was taken away', async () => {
    const { connections } = harness();
    await connections.ensure(SEEDED(1));
    await harness().take(FIRST);
    expect(await connections.observe(SEEDED(1))).toBe('absent');
    await connections.ensure(SEEDED(1));
    expect(await readFirst()).toBe('1');
  });

  it('takes what was made up away when people are to fill it', async () => {
    const { connections } = harness();
    await connections.ensure(SEEDED(1));
    expect(await connections.observe(BY_PEOPLE)).toBe('absent');
    await connections.ensure(BY_PEOPLE);
    expect(await connections.observe(BY_PEOPLE)).toBe('present');
    await expectRefusal(connections.locate(FIRST));
  });
}

function describePeople(harness: () => DataConnectionsHarness): void {
  it('keeps what people put there, through every change', async () => {
    const { connections } = harness();
    const theirs = { connection: 'warehouse', path: 'deep/er/theirs.csv' };
    await connections.ensure(BY_PEOPLE);
    await harness().put(theirs, 'theirs');
    await connections.ensure(BY_PEOPLE);
    await connections.ensure(SEEDED(1));
    await connections.ensure(SEEDED(2));
    await connections.remove('warehouse');
    await connections.ensure(BY_PEOPLE);
    expect(await harness().readText(await connections.locate(theirs))).toBe('theirs');
  });

  it('refuses to put what is made up over a file of people', async () => {
    const { connections } = harness();
    await connections.ensure(BY_PEOPLE);
    await harness().put(FIRST, 'theirs');
    await expectRefusal(connections.ensure(SEEDED(1)));
    expect(await harness().readText(await connections.locate(FIRST))).toBe('theirs');
  });

  it('refuses what is not there, and every path that leads out', async () => {
    const { connections } = harness();
    await connections.ensure(BY_PEOPLE);
    await harness().put({ connection: 'warehouse', path: 'folder/file.csv' }, 'here');
    const paths = [
      'missing.csv',
      'folder',
      '',
      '.',
      '..',
      '/etc/passwd',
      'folder/../folder/file.csv',
    ];
    const more = [
      'folder//file.csv',
      './folder/file.csv',
      'folder/file.csv/',
      'folder/file.csv/more',
    ];
    for (const path of [...paths, ...more, '../warehouse/folder/file.csv', 'folder\\file.csv']) {
      await expectRefusal(connections.locate({ connection: 'warehouse', path }));
    }
    for (const connection of ['other', '..', '', 'a/b', 'warehouse/folder']) {
      await expectRefusal(connections.locate({ connection, path: 'file.csv' }));
    }
  });

  it('refuses to be called what is no plain name', async () => {
    for (const name of ['', '..', 'a/b', 'A', 'a.b', 'a b']) {
      await expectRefusal(harness().connections.ensure({ name, synthetic: null }));
    }
  });
}
