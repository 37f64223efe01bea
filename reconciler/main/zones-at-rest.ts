import { readdir } from 'node:fs/promises';
import type { OnlineAnswer } from '../cli/commands/features-get.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import type { ZoneVersion } from '../cli/versions.ts';
import { hasErrorCode } from '../core/contracts/has-error-code.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import { toEntityKey } from '../core/features/entity-key.ts';
import { toTypedSpec } from '../core/spec/typed-spec.ts';
import { createZoneForms } from '../kinds/zone-forms.ts';
import type { PredictionRequest } from '../ports/predictions.ts';
import { openArtifacts, openRuns } from './learning.ts';
import { type Machine, openDatabaseServer, openInstanceFile, openRegistry } from './machine.ts';
import { openNodes } from './serving.ts';
import { toDatabaseName } from './zone-folder.ts';

/*
 * What commands read of the zones of an installation, whether its reconciler runs or not.
 */

/** Zones that have a folder here. */
async function listZones(paths: StatePaths): Promise<readonly string[]> {
  try {
    const entries = await readdir(paths.zones, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

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

/** What outlives the reconciler: its data-plane nodes, and its trainings with their programs. */
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
    const suspended = await (await openRuns(machine, paths, zone)).suspend();
    stopped.push(...suspended.map((runKey) => `run ${runKey.slice(7, 19)}`));
  }
  return stopped;
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
  if ((await (await openInstanceFile(paths)).read()) === null) return null;
  for (const zone of await listZones(paths)) {
    const answer = await readOnlineOf(machine, paths, zone, view, keys);
    if (answer !== null) return answer;
  }
  return null;
}

async function readOnlineOf(
  machine: Machine,
  paths: StatePaths,
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
  const server = await (await openDatabaseServer(machine, paths)).ensureRunning();
  const database = createPostgresDatabase({ url: server.url(toDatabaseName(zone)) });
  try {
    const online = createPostgresOnlineFeatureReader({ database });
    const [state] = await online.listStates(view);
    if (state === undefined) return null;
    const [namespace = '', name = ''] = view.split('/');
    const forms = createZoneForms(await openPostgresDefinitions({ database }));
    const form = await forms.require('FeatureView', name, namespace);
    const features = toTypedSpec(form, 'FeatureView').features.map((feature) => feature.name);
    const { definitionDigest } = state;
    const [row = null] = await online.read([{ definitionDigest, entityKey: toEntityKey(keys) }]);
    return { zone, state, features, row };
  } finally {
    await database.close();
  }
}
