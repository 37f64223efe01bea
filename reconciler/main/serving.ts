import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOpened } from '../cli/opened.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import { hasErrorCode } from '../core/contracts/has-error-code.ts';
import type { Counters } from '../ports/counters.ts';
import type { Database } from '../ports/database.ts';
import type { Log } from '../ports/log.ts';
import type { ProcessRegistry } from '../ports/process-registry.ts';
import type { Routes } from '../ports/routes.ts';
import type { Secret } from '../ports/secrets.ts';
import type { ServingNodes } from '../ports/serving-nodes.ts';
import { createControlServer } from '../servers/control/control-server.ts';
import { BUILD_FOLDER, type Machine } from './machine.ts';
import { listZones, toZoneFolder } from './zone-folder.ts';

export type ServingPorts = {
  readonly routes: Routes;
  readonly nodes: ServingNodes;
  readonly counters: Counters;
};

export type ServingParts = {
  readonly machine: Machine;
  readonly paths: StatePaths;
  readonly registry: ProcessRegistry;
  readonly log: Log;
  readonly zone: string;
  readonly url: Secret;
  readonly database: Database;
  readonly servingPort: number;
};

/** A zone's routes and counters, the server that its nodes ask, and the nodes themselves. */
export async function openServing(
  parts: ServingParts,
): Promise<ServingPorts & { readonly close: () => Promise<void> }> {
  const { openPostgresRoutes } = await import('../adapters/routes/postgres/routes.ts');
  const { openPostgresCounters } = await import('../adapters/counters/postgres/counters.ts');
  const { machine, zone, database, log } = parts;
  const { clock, randomness } = machine;
  const opened = createOpened();
  const stored = await openPostgresRoutes({ zone, database, randomness });
  const counters = await openPostgresCounters({ database });
  const server = createControlServer({
    findZone: (name) => (name === zone ? { routes: stored, counters } : null),
    log,
    clock,
    randomness,
    port: 0,
  });
  const { url, token } = await server.start();
  opened.add(server.stop);
  await announceControl(parts, url, token);
  const nodes = await openNodes(parts);
  opened.add(() => nodes.stop());
  const routes = notifyOnChange(stored, () => server.notifyRoutesChanged(zone));
  return { routes, nodes, counters, close: opened.closeAll };
}

/** Nodes of an earlier start find the new address in the same file. */
async function announceControl(parts: ServingParts, url: string, token: Secret): Promise<void> {
  const { writeControlFile } = await import('../adapters/control-channel/http/control-file.ts');
  await writeControlFile(toZoneFolder(parts.paths, parts.zone).control, {
    v: 1,
    url,
    token: token.reveal(),
    databaseUrl: parts.url.reveal(),
  });
}

export async function openNodes(
  parts: Pick<ServingParts, 'machine' | 'paths' | 'registry' | 'zone' | 'servingPort'>,
): Promise<ServingNodes> {
  const { createProcessServingNodes } = await import(
    '../adapters/serving-nodes/process/serving-nodes.ts'
  );
  const { machine, paths, registry, zone, servingPort } = parts;
  const folder = toZoneFolder(paths, zone);
  return createProcessServingNodes({
    program: [process.execPath, join(BUILD_FOLDER, 'runners', 'serve', 'main.js')],
    listOtherFolders: async () =>
      (await listZones(paths))
        .filter((other) => other !== zone)
        .map((other) => toZoneFolder(paths, other).node),
    registry,
    clock: machine.clock,
    config: {
      zone,
      host: '127.0.0.1',
      port: servingPort,
      controlFile: folder.control,
      artifactsFolder: folder.artifacts,
      nodeFolder: folder.node,
      processesFolder: paths.processes,
      build: await readBuild(),
    },
  });
}

/** What the programs were built from: a node of another build is replaced. */
async function readBuild(): Promise<string> {
  try {
    return (await readFile(join(BUILD_FOLDER, '.built-from'), 'utf8')).slice(0, 64);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 'unknown';
    throw error;
  }
}

/** Nodes wait for a change; without this they would see it a moment later. */
function notifyOnChange(routes: Routes, notify: () => void): Routes {
  return {
    ...routes,
    putEndpoint: async (...change) => {
      await routes.putEndpoint(...change);
      notify();
    },
    putVersions: async (...change) => {
      const revision = await routes.putVersions(...change);
      notify();
      return revision;
    },
  };
}
