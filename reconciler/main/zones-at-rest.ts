import type { OnlineAnswer } from '../cli/commands/features-get.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import type { ZoneVersion } from '../cli/versions.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import { toEntityKey } from '../core/features/entity-key.ts';
import { findOnlineRow } from '../kinds/feature-view/find-online-row.ts';
import { createZoneForms } from '../kinds/zone-forms.ts';
import type { RunningDatabaseServer } from '../ports/database-server.ts';
import type { PredictionRequest } from '../ports/predictions.ts';
import { endPrograms, openArtifacts, openRuns } from './learning.ts';
import { type Machine, openDatabaseServer, openInstanceFile, openRegistry } from './machine.ts';
import { openNodes } from './serving.ts';
import { listZones, toDatabaseName } from './zone-folder.ts';

/*
 * What commands read of the zones of an installation, whether its reconciler runs or not.
 */

export async function listVersions(
  machine: Machine,
  paths: StatePaths,
  model: string | null,
): Promise<readonly ZoneVersion[]> {
  const versions: ZoneVersion[] = [];
  for (const zone of await listZones(paths)) {
    const artifacts = await openArtifacts(machine, paths, zone);
    for (const record of await artifacts.list(model)) versions.push({ zone, record });
  }
  return versions.sort((left, right) =>
    left.record.publishedAt < right.record.publishedAt ? 1 : -1,
  );
}

export async function listNodes(
  machine: Machine,
  paths: StatePaths,
): Promise<readonly { readonly zone: string; readonly url: string }[]> {
  const registry = await openRegistry(machine, paths);
  const nodes: { zone: string; url: string }[] = [];
  for (const zone of await listZones(paths)) {
    const found = await (
      await openNodes({ machine, paths, registry, zone, servingPort: 0 })
    ).find();
    if (found !== null) nodes.push({ zone, url: found.url });
  }
  return nodes;
}

/**
 * What outlives the reconciler: its data-plane nodes, its trainings with their programs, and what
 * it was kept from ending itself.
 */
export async function stopDetached(
  machine: Machine,
  paths: StatePaths,
): Promise<readonly string[]> {
  const registry = await openRegistry(machine, paths);
  const stopped: string[] = [];
  for (const zone of await listZones(paths)) {
    const nodes = await openNodes({ machine, paths, registry, zone, servingPort: 0 });
    const node = await nodes.find();
    if (node !== null) stopped.push(node.name);
    await nodes.stop();
    stopped.push(...(await suspendRunsOf(machine, paths, zone)));
    const ended = await endPrograms(machine, paths, zone);
    stopped.push(...ended.map((job) => `program ${job}`));
  }
  return stopped;
}

/** Stops every training in order; each waits for the next start. Returns what they are called. */
export async function suspendRuns(machine: Machine, paths: StatePaths): Promise<readonly string[]> {
  const suspended: string[] = [];
  for (const zone of await listZones(paths)) {
    suspended.push(...(await suspendRunsOf(machine, paths, zone)));
  }
  return suspended;
}

async function suspendRunsOf(
  machine: Machine,
  paths: StatePaths,
  zone: string,
): Promise<readonly string[]> {
  const suspended = await (await openRuns(machine, paths, zone)).suspend();
  return suspended.map((runKey) => `run ${runKey.slice(7, 19)}`);
}

export async function predict(
  { clock }: Machine,
  url: string,
  request: PredictionRequest,
): Promise<JsonObject> {
  const { createHttpPredictions } = await import('../adapters/predictions/http/predictions.ts');
  return createHttpPredictions({ clock }).predict(url, request);
}

/** Reads the zones' databases, which must run: nothing is started for a look. */
export async function readOnline(
  machine: Machine,
  paths: StatePaths,
  view: string,
  keys: readonly string[],
): Promise<OnlineAnswer | null> {
  if ((await (await openInstanceFile(paths)).read()) === null) {
    throw new CodedError('P603', `nothing is initialised in ${paths.root}; run plumb init`);
  }
  const server = await (await openDatabaseServer(machine, paths)).find();
  if (server === null) {
    throw new CodedError('P605', 'no database runs here; it starts with plumb up');
  }
  for (const zone of await listZones(paths)) {
    const answer = await readOnlineOf(server, zone, view, keys);
    if (answer !== null) return answer;
  }
  return null;
}

async function readOnlineOf(
  server: RunningDatabaseServer,
  zone: string,
  view: string,
  keys: readonly string[],
): Promise<OnlineAnswer | null> {
  const { createPostgresDatabase } = await import('../adapters/database/postgres/database.ts');
  const { openPostgresDefinitions } = await import(
    '../adapters/definitions/postgres/definitions.ts'
  );
  const { createPostgresOnlineFeatureReader } = await import(
    '../adapters/online-features/postgres/online-feature-reader.ts'
  );
  const database = createPostgresDatabase({ url: server.url(toDatabaseName(zone)) });
  try {
    const online = createPostgresOnlineFeatureReader({ database });
    const forms = createZoneForms(await openPostgresDefinitions({ database }));
    const found = await findOnlineRow({ online, forms }, view, toEntityKey(keys));
    return found === null ? null : { zone, ...found };
  } finally {
    await database.close();
  }
}
