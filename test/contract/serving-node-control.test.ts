import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOciLayoutArtifactStore } from '../../reconciler/adapters/artifact-store/oci-layout/artifact-store.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { writeControlFile } from '../../reconciler/adapters/control-channel/http/control-file.ts';
import { openPostgresCounters } from '../../reconciler/adapters/counters/postgres/counters.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { createHttpPredictions } from '../../reconciler/adapters/predictions/http/predictions.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { openPostgresRoutes } from '../../reconciler/adapters/routes/postgres/routes.ts';
import { createProcessServingNodes } from '../../reconciler/adapters/serving-nodes/process/serving-nodes.ts';
import { createControlServer } from '../../reconciler/servers/control/control-server.ts';
import type { BootSpool } from '../../runners/serve/control/spool.ts';
import { makeContract, makeManifest, makeSumModel } from '../support/onnx-models.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { toRecord } from '../support/serve-node.ts';

const LEADER = { holder: 'first', epoch: 1 };
const FRAUD = 'payments/fraud';
const SETTINGS = {
  model: FRAUD,
  threshold: 3,
  batching: { maxBatchSize: 64, maxDelayMicroseconds: 0, maxQueueRows: 1024 },
};
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const NODE = fileURLToPath(new URL('../../runners/serve/main.ts', import.meta.url));
const PATIENCE = { timeout: 40_000, interval: 50 };

const testDatabase = useTestDatabase();
const clock = createSystemClock();
const randomness = createSystemRandomness();

/** A zone as the reconciler has it: stores in Postgres, a server for its node, and the node. */
async function createZone(folder: string) {
  await testDatabase().reset();
  const database = testDatabase().open();
  const routes = await openPostgresRoutes({ zone: 'ae', database, randomness });
  const counters = await openPostgresCounters({ database });
  const processesFolder = join(folder, 'processes');
  const identity = createSystemProcessIdentity();
  const registry = createFileProcessRegistry({ folder: processesFolder, identity, clock });
  const controlFile = join(folder, 'control.json');
  const paths = { artifactsFolder: join(folder, 'artifacts'), nodeFolder: join(folder, 'node') };
  const start = async () => {
    const server = createControlServer({
      findZone: (zone) => (zone === 'ae' ? { routes, counters } : null),
      ...{ log: createMemoryLog({ clock }), clock, randomness, port: 0 },
    });
    const { url, token } = await server.start();
    const databaseUrl = testDatabase().url.reveal();
    await writeControlFile(controlFile, { v: 1, url, token: token.reveal(), databaseUrl });
    return server;
  };
  const nodes = createProcessServingNodes({
    listOtherFolders: async () => [],
    program: [process.execPath, '--import', TSX, NODE],
    config: {
      zone: 'ae',
      host: '127.0.0.1',
      port: 0,
      build: 'one',
      controlFile,
      processesFolder,
      ...paths,
    },
    ...{ registry, clock },
  });
  return { routes, counters, nodes, start, ...paths };
}

async function publish(artifactsFolder: string, folder: string, add: number): Promise<string> {
  const store = createOciLayoutArtifactStore({ folder: artifactsFolder, randomness });
  const model = makeSumModel({ features: 2, add });
  const manifest = makeManifest({ model, contract: makeContract(['amount', 'age']), seed: add });
  const modelFile = join(folder, `sum-${add}.onnx`);
  await writeFile(modelFile, model);
  return (await store.publish({ manifest, modelFile, record: toRecord(manifest) })).version;
}

/** Requests in what nobody has taken for certain. */
async function countSpooled(spool: string): Promise<number> {
  const names = await readdir(spool);
  const files = names.filter((name) => name.endsWith('.json'));
  const texts = await Promise.all(files.map((name) => readFile(join(spool, name), 'utf8')));
  const entries = texts.map((text) => JSON.parse(text) as BootSpool);
  return entries
    .flatMap(({ sending, waiting }) => [...(sending ?? []), ...waiting])
    .reduce((sum, { requests }) => sum + requests, 0);
}

describe('a serving node and its control plane', () => {
  let folder: string;
  let zone: Awaited<ReturnType<typeof createZone>>;
  let server: Awaited<ReturnType<typeof zone.start>>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-zone-'));
    zone = await createZone(folder);
    server = await zone.start();
  });
  afterEach(async () => {
    await zone.nodes.stop();
    await server.stop();
    await rm(folder, { recursive: true, maxRetries: 3 });
  });

  const serves = (revision: number, version: string) =>
    vi.waitFor(async () => {
      const [word] = await zone.routes.listAcknowledgements();
      expect(word).toMatchObject({ node: 'serve-ae', revision, loaded: [version], failed: [] });
    }, PATIENCE);
  const counted = (expected: readonly object[]) =>
    vi.waitFor(async () => {
      expect(await zone.counters.readTotals(FRAUD)).toMatchObject(expected);
    }, PATIENCE);

  it('loses no count and no route when the one is away and the other is killed', async () => {
    const first = await publish(zone.artifactsFolder, folder, 1);
    const second = await publish(zone.artifactsFolder, folder, 2);
    await zone.routes.putEndpoint(LEADER, FRAUD, SETTINGS);
    await zone.routes.putVersions(LEADER, FRAUD, [{ version: first, percent: 100 }]);
    const node = await zone.nodes.ensureRunning();
    await serves(2, first);
    const predictions = createHttpPredictions({ clock });
    const predict = (amount: number) =>
      predictions.predict(node.url, {
        endpoint: FRAUD,
        entities: {},
        features: { amount, age: 1 },
      });
    expect(await predict(0.5)).toMatchObject({ version: first, score: 2.5, decision: false });
    expect(await predict(2)).toMatchObject({ score: 4, decision: true });
    await counted([{ version: first, routeRevision: 2, requests: 2, rows: 2, positives: 1 }]);

    const spool = join(zone.nodeFolder, 'counts');
    await server.stop();
    expect(await predict(2)).toMatchObject({ score: 4 });
    expect(await predict(2)).toMatchObject({ score: 4 });
    // Both are on disk: a node that is killed may lose what it counted in its last second.
    await vi.waitFor(async () => expect(await countSpooled(spool)).toBe(2), PATIENCE);
    process.kill(node.pid, 'SIGKILL');
    await vi.waitFor(async () => expect(await zone.nodes.find()).toBeNull(), PATIENCE);
    const again = await zone.nodes.ensureRunning();
    expect(again.url).toBe(node.url);
    await vi.waitFor(async () => expect(await predict(2)).toMatchObject({ score: 4 }), PATIENCE);

    server = await zone.start();
    await counted([{ version: first, routeRevision: 2, requests: 5, positives: 4, errors: 0 }]);
    await zone.routes.putVersions(LEADER, FRAUD, [{ version: second, percent: 100 }]);
    server.notifyRoutesChanged('ae');
    await serves(3, second);
    expect(await predict(2)).toMatchObject({ version: second, score: 5 });
    await zone.nodes.stop();
    const totals = await zone.counters.readTotals(FRAUD);
    expect(totals.map(({ requests }) => requests).sort()).toEqual([1, 5]);
    expect(await readdir(spool)).toEqual([]);
  });
});
