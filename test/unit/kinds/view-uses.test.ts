import { beforeEach, describe, expect, it } from 'vitest';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryRoutes } from '../../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../../reconciler/adapters/routes/memory/tables.ts';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import {
  createFindViewUses,
  type FindViewUses,
} from '../../../reconciler/kinds/feature-view/view-uses.ts';
import type { ArtifactStore, StoredVersion } from '../../../reconciler/ports/artifact-store.ts';

const FENCE = { epoch: 1, holder: 'a' } as never;
const SETTINGS = {
  ...{ model: 'payments/fraud', threshold: 0.5 },
  batching: { maxBatchSize: 1, maxDelayMicroseconds: 0, maxQueueRows: 1 },
};
const VIEW = 'payments/activity';

/** Versions by the definition of the view that they were trained on. */
const VERSIONS: ReadonlyMap<string, string> = new Map([
  [digestText('one'), 'sha256:first'],
  [digestText('two'), 'sha256:second'],
]);
const [ONE = '', TWO = ''] = [...VERSIONS.keys()];

describe('who looks features up in a view', () => {
  let routes: ReturnType<typeof createMemoryRoutes>;
  let find: FindViewUses;
  let reads: string[];

  beforeEach(async () => {
    const randomness = createSeededRandomness(1);
    routes = createMemoryRoutes({ zone: 'ae', tables: createMemoryRouteTables(), randomness });
    reads = [];
    const artifacts: Pick<ArtifactStore, 'find'> = {
      find: async (version) => {
        reads.push(version);
        const definitionDigest = VERSIONS.get(version);
        if (definitionDigest === undefined) return null;
        const views = [{ view: VIEW, definitionDigest, keys: [], timeToLiveSeconds: null }];
        return {
          manifest: { contract: { v: 1, views, features: [] } },
        } as unknown as StoredVersion;
      },
    };
    find = createFindViewUses({ routes, artifacts: artifacts as ArtifactStore });
  });

  const serve = async (endpoint: string, version: string) => {
    await routes.putEndpoint(FENCE, endpoint, SETTINGS);
    await routes.putVersions(FENCE, endpoint, [{ version, percent: 100 }]);
  };
  const acknowledge = async (revision: number, failed: readonly string[] = []) =>
    routes.acknowledge({
      ...{ v: 1, zone: 'ae', node: 'serve-ae', boot: 'one', revision, loaded: [] },
      failed: failed.map((version) => ({ version, why: 'P804 it cannot be loaded' })),
    });

  it('is every version of every endpoint, each by its own definition, read once', async () => {
    await serve('payments/a', ONE);
    await serve('payments/b', TWO);
    const { uses } = await find(VIEW);
    expect(uses).toEqual([
      { endpoint: 'payments/a', version: ONE, definitionDigest: 'sha256:first' },
      { endpoint: 'payments/b', version: TWO, definitionDigest: 'sha256:second' },
    ]);
    expect((await find(VIEW)).uses).toEqual(uses);
    expect((await find('payments/other')).uses).toEqual([]);
    expect(reads).toEqual([ONE, TWO]);
  });

  it('may be what a node still answers with, until it has loaded all of the table', async () => {
    await serve('payments/a', ONE);
    expect((await find(VIEW)).behind).toBe('');
    const { revision } = await routes.read();
    await acknowledge(revision);
    expect((await find(VIEW)).behind).toBe('');
    await serve('payments/b', TWO);
    expect((await find(VIEW)).behind).toContain('the node serve-ae has not loaded');
    const next = await routes.read();
    await acknowledge(next.revision, [TWO]);
    expect((await find(VIEW)).behind).toContain('the node serve-ae has not loaded');
    await acknowledge(next.revision + 1);
    expect((await find(VIEW)).behind).toBe('');
    await routes.putEndpoint(FENCE, 'payments/a', null);
    await routes.putEndpoint(FENCE, 'payments/b', null);
    expect(await find(VIEW)).toEqual({ uses: [], behind: '' });
  });
});
