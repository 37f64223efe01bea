import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createOciLayoutArtifactStore } from '../../reconciler/adapters/artifact-store/oci-layout/artifact-store.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemStopwatch } from '../../reconciler/adapters/clock/system/stopwatch.ts';
import { createHttpControlChannel } from '../../reconciler/adapters/control-channel/http/control-channel.ts';
import { readControlFile } from '../../reconciler/adapters/control-channel/http/control-file.ts';
import { createPostgresDatabase } from '../../reconciler/adapters/database/postgres/database.ts';
import { createStreamLog } from '../../reconciler/adapters/log/stream/log.ts';
import { createPostgresOnlineFeatureReader } from '../../reconciler/adapters/online-features/postgres/online-feature-reader.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { NodeConfig } from '../../reconciler/core/contracts/node-config.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import type { Log } from '../../reconciler/ports/log.ts';
import type { ProcessRegistry } from '../../reconciler/ports/process-registry.ts';
import { Secret } from '../../reconciler/ports/secrets.ts';
import { createRouteFollower } from './control/follow-routes.ts';
import { createCounterShipper } from './control/ship-counters.ts';
import { describeError } from './describe-error.ts';
import { createLateOnlineFeatures } from './features/late-online-features.ts';
import { readNodeConfig } from './read-config.ts';
import { createServingNode, type ServingNode, type ServingNodeDeps } from './serving-node.ts';

/** Below all, a model answers faster than a message to another process would. */
const INLINE_BELOW = { loadMs: 100, singleRowMs: 1, fullBatchMs: 10 } as const;

/** Two answer more than one on the smallest machine, and a long model is large. */
const POOL_SIZE = 2;

/** Each answers thousands of look-ups in a second. */
const DATABASE_CONNECTIONS = 4;

const BOOT_BYTES = 16;

const CLOSE_LIMIT_MS = 2_000;

/** Children start as this program was: compiled, or from its sources. */
const MODEL_PROGRAM = new URL(
  import.meta.url.endsWith('.ts') ? './models/model-program.ts' : './models/model-program.js',
  import.meta.url,
);

type Machine = { readonly clock: Clock; readonly log: Log };

/** A data-plane node, from its start until it is asked to end. */
async function main(configPath: string | undefined): Promise<void> {
  const clock = createSystemClock();
  const log = createStreamLog({
    stream: process.stderr,
    format: 'json',
    clock,
    redact: [],
    minimumLevel: 'info',
  });
  try {
    const config = await readNodeConfig(configPath);
    await runNode(config, { clock, log });
  } catch (error) {
    const code = isCodedError(error) ? error.code : 'P606';
    const message = describeError(error);
    log.write({ level: 'error', event: 'node-failed', message, fields: { code } });
    process.exitCode = 1;
  }
}

async function runNode(config: NodeConfig, machine: Machine): Promise<void> {
  const ending = awaitEnd();
  const { clock, log } = machine;
  await mkdir(config.nodeFolder, { recursive: true, mode: 0o700 });
  const registry = createFileProcessRegistry({
    folder: config.processesFolder,
    identity: createSystemProcessIdentity(),
    clock,
  });
  const onlineFeatures = openOnlineFeatures(config);
  const node = createServingNode(toNodeDeps(config, machine, onlineFeatures));
  const { port } = await node.start();
  const control = startControl(config, machine, node);
  try {
    await registry.registerSelf(config.node, { port, build: config.build });
    log.write({
      level: 'info',
      event: 'node-started',
      message: 'requests are answered',
      fields: { port },
    });
    await ending;
    log.write({ level: 'info', event: 'node-ending', message: 'no new requests are taken' });
  } finally {
    node.retire();
    control.leaveRoutes();
    await node.stop();
    await control.leaveCounts();
    await unregister(registry, config, log);
    // A model that is just being loaded is not waited for: its process ends with this one.
    await Promise.race([node.close(), clock.sleep(CLOSE_LIMIT_MS)]);
    await Promise.race([onlineFeatures.close(), clock.sleep(CLOSE_LIMIT_MS)]);
  }
}

function toNodeDeps(
  config: NodeConfig,
  { clock, log }: Machine,
  onlineFeatures: ServingNodeDeps['onlineFeatures'],
): ServingNodeDeps {
  const randomness = createSystemRandomness();
  return {
    artifacts: createOciLayoutArtifactStore({ folder: config.artifactsFolder, randomness }),
    onlineFeatures,
    models: {
      process: { program: MODEL_PROGRAM, execArgv: process.execArgv },
      poolSize: POOL_SIZE,
      inlineBelow: INLINE_BELOW,
    },
    clock,
    stopwatch: createSystemStopwatch(),
    randomness,
    log,
    host: config.host,
    port: config.port,
    build: config.build,
  };
}

/** Two loops that never fail: one follows the routes, the other brings the counts. */
function startControl(config: NodeConfig, { clock, log }: Machine, node: ServingNode) {
  const { zone, controlFile, nodeFolder } = config;
  const boot = Buffer.from(createSystemRandomness().bytes(BOOT_BYTES)).toString('hex');
  const channel = createHttpControlChannel({ zone, controlFile, clock });
  const said = { channel, zone, node: config.node, boot, clock, log };
  const file = join(nodeFolder, 'routes.json');
  const follower = createRouteFollower({ ...said, file, apply: node.apply });
  const folder = join(nodeFolder, 'counts');
  const shipper = createCounterShipper({ ...said, folder, collect: node.takeDelta });
  const routesEnd = new AbortController();
  const countsEnd = new AbortController();
  void follower.run(routesEnd.signal);
  const shipping = shipper.run(countsEnd.signal);
  return {
    leaveRoutes: () => routesEnd.abort(),
    async leaveCounts() {
      countsEnd.abort();
      await shipping;
      await shipper.flush();
    },
  };
}

function openOnlineFeatures({ controlFile }: NodeConfig) {
  return createLateOnlineFeatures({
    readUrl: async () => (await readControlFile(controlFile)).databaseUrl,
    open(url) {
      const database = createPostgresDatabase({
        url: new Secret(url),
        maxConnections: DATABASE_CONNECTIONS,
      });
      return { reader: createPostgresOnlineFeatureReader({ database }), close: database.close };
    },
  });
}

/** Resolves at the first signal; a second one changes nothing, since the end is bounded. */
function awaitEnd(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGTERM', () => resolve());
    process.on('SIGINT', () => resolve());
  });
}

/** A record that stays is of a dead process, which nobody takes for a running one. */
async function unregister(registry: ProcessRegistry, config: NodeConfig, log: Log): Promise<void> {
  try {
    await registry.unregisterSelf(config.node);
  } catch (error) {
    const message = describeError(error);
    log.write({ level: 'warn', event: 'node-still-registered', message });
  }
}

await main(process.argv[2]);
process.exit();
