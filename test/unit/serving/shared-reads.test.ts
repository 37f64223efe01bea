import { describe, expect, it } from 'vitest';
import type { OnlineKey, OnlineRow } from '../../../reconciler/ports/online-features.ts';
import { shareReads } from '../../../runners/serve/features/shared-reads.ts';

const key = (entityKey: string): OnlineKey => ({ definitionDigest: 'sha256:', entityKey });
const row = (entityKey: string): OnlineRow => ({ values: [entityKey.length], eventTime: 0 });

/** A store that answers each read when the test says so. */
function createFixture() {
  const reads: { readonly keys: readonly string[]; readonly end: (error?: Error) => void }[] = [];
  const turns: (() => void)[] = [];
  const reader = shareReads(
    {
      readDefinition: async () => null,
      read: (keys) =>
        new Promise((resolve, reject) => {
          const names = keys.map(({ entityKey }) => entityKey);
          const end = (error?: Error) =>
            error === undefined ? resolve(names.map(row)) : reject(error);
          reads.push({ keys: names, end });
        }),
    },
    () => new Promise((resolve) => turns.push(resolve)),
  );
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const wake of turns.splice(0)) wake();
      for (let step = 0; step < 10; step += 1) await Promise.resolve();
    }
  };
  const ask = (...names: readonly string[]) =>
    reader.read(names.map(key)).then(
      (rows) => rows.map((found) => (typeof found === 'object' ? found?.values[0] : found)),
      (error: Error) => error.message,
    );
  return { reads, settle, ask };
}

describe('reads that come together', () => {
  it('share a round trip, and each gets its own rows', async () => {
    const { reads, settle, ask } = createFixture();
    const asked = [ask('a'), ask('bb', 'ccc'), ask('dddd')];
    await settle();
    expect(reads.map(({ keys }) => keys)).toEqual([['a', 'bb', 'ccc', 'dddd']]);
    reads[0]?.end();
    expect(await Promise.all(asked)).toEqual([[1], [2, 3], [4]]);
  });

  it('wait for the store when two are on their way, and go with the next', async () => {
    const { reads, settle, ask } = createFixture();
    const first = ask('a');
    await settle();
    const second = ask('bb');
    await settle();
    const others = [ask('ccc'), ask('dddd')];
    await settle();
    expect(reads.map(({ keys }) => keys)).toEqual([['a'], ['bb']]);
    reads[1]?.end();
    await settle();
    expect(reads[2]?.keys).toEqual(['ccc', 'dddd']);
    for (const { end } of reads) end();
    expect(await Promise.all([first, second, ...others])).toEqual([[1], [2], [3], [4]]);
  });

  it('fail together when the store is away, and the next one tries again', async () => {
    const { reads, settle, ask } = createFixture();
    const asked = [ask('a'), ask('bb')];
    await settle();
    for (const { end } of reads) end(new Error('away'));
    expect(await Promise.all(asked)).toEqual(['away', 'away']);
    const next = ask('ccc');
    await settle();
    reads.at(-1)?.end();
    expect(await next).toEqual([3]);
  });

  it('are bounded: what is beyond goes with another', async () => {
    const { reads, settle, ask } = createFixture();
    const names = Array.from({ length: 400 }, (_, index) => `k${index}`);
    const asked = [ask(...names), ask(...names)];
    await settle();
    expect(reads.map(({ keys }) => keys.length)).toEqual([400, 400]);
    for (const { end } of reads) end();
    expect((await Promise.all(asked)).map((rows) => rows.length)).toEqual([400, 400]);
  });
});
