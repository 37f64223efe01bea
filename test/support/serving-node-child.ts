import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createFileProcessRegistry } from '../../reconciler/adapters/process-registry/file/process-registry.ts';
import type { NodeConfig } from '../../reconciler/core/contracts/node-config.ts';

/**
 * A node for tests of those who start it: it is written down and says that it lives, and serves
 * nothing. It says its environment as well. A file `complaint` in its folder ends it at once, and
 * the build `deaf` never answers.
 */
const config = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as NodeConfig;
const complaint = join(config.nodeFolder, 'complaint');
if (existsSync(complaint)) {
  process.stderr.write(readFileSync(complaint, 'utf8'));
  process.exit(3);
}

const registry = createFileProcessRegistry({
  folder: config.processesFolder,
  identity: createSystemProcessIdentity(),
  clock: createSystemClock(),
});

const server = createServer((request, response) => {
  if (config.build.startsWith('deaf')) return;
  if (request.url === '/v2/health/live') response.end('{"live":true}');
  else response.end(JSON.stringify({ environment: Object.keys(process.env) }));
});

server.listen(config.port, config.host, () => {
  const { port } = server.address() as AddressInfo;
  const { build, node } = config;
  registry.registerSelf(node, { port, build }).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

process.on('SIGTERM', () => {
  void registry.unregisterSelf(config.node).finally(() => process.exit(0));
});
