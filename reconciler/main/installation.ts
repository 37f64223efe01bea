import type { RunningInstallation, UpOptions } from '../cli/commands/up.ts';
import { RECONCILER } from '../cli/create-commands.ts';
import type { IdentityName } from '../cli/initialise.ts';
import { createOpened, type Opened } from '../cli/opened.ts';
import { serveZones } from '../cli/serve-zones.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import { createRevisionReader } from '../engine/revision-reader.ts';
import { createZoneHost } from '../engine/zone-host.ts';
import { DEFAULT_SETTINGS } from '../engine/zone-settings.ts';
import type { Log } from '../ports/log.ts';
import { createApiServer } from '../servers/api/api-server.ts';
import {
  type Machine,
  openDatabaseServer,
  openGit,
  openIdentity,
  openPolicyGate,
  openRegistry,
} from './machine.ts';
import { openParsedFiles } from './parsed-files.ts';
import { openPullChecker } from './pull-checks.ts';
import { openRecent } from './recent.ts';
import { openZone, type ZoneParts } from './zone.ts';
import { listNodes, suspendRuns } from './zones-at-rest.ts';

const LEDGER_IDENTITY: IdentityName = 'plumbline';

/** Everything that `plumb up` runs, opened in order; whatever opened is closed the other way. */
export async function startInstallation(
  machine: Machine,
  paths: StatePaths,
  options: UpOptions,
  onStep: (text: string) => void,
): Promise<RunningInstallation> {
  const { clock } = machine;
  const opened = createOpened();
  const registry = await openRegistry(machine, paths);
  // First of all: of two processes that start at once, only one goes on to the database.
  await registry.registerSelf(RECONCILER, {});
  opened.add(() => registry.unregisterSelf(RECONCILER));
  try {
    const databases = await openDatabaseServer(machine, paths);
    opened.add(() => databases.stop());
    await databases.ensureRunning();
    onStep('database runs');
    const git = await openGit(machine, paths);
    opened.add(git.close);
    const policy = await openPolicyGate(machine);
    opened.add(policy.close);
    const log = await openLog(machine);
    const revisions = createRevisionReader({ parsedFiles: await openParsedFiles(paths) });
    const signer = await openIdentity(machine, paths, LEDGER_IDENTITY);
    const shared = { machine, paths, registry, log, git, databases, signer, policy, revisions };
    const parts: ZoneParts = { ...shared, servingPort: options.servingPort };
    const host = await openHost(parts, options);
    await beginChecking(parts, opened);
    const server = createApiServer({
      readStatus: host.status,
      readRecent: await openRecent({ machine, git, readStatus: host.status }),
      readLiveness: () => ({ isAlive: true, reasons: [] }),
      log,
      clock,
      port: options.port,
    });
    const announce = (port: number) => registry.registerSelf(RECONCILER, { port });
    return await serveZones({
      ...{ host, server, announce, onStep, opened },
      listNodes: () => listNodes(machine, paths),
      afterDrain: () => pauseRuns(machine, paths, onStep),
    });
  } catch (error) {
    await opened.closeAll().catch(() => undefined);
    throw error;
  }
}

/** Beside the zones, and of none of them: a pull request may be about several. */
async function beginChecking(parts: ZoneParts, opened: Opened): Promise<void> {
  const checker = await openPullChecker(parts);
  const stop = new AbortController();
  const done = checker.run(stop.signal);
  opened.add(async () => {
    stop.abort();
    await done;
  });
}

/** Nobody would see a training end, so that it stops too, and goes on from where it was. */
async function pauseRuns(
  machine: Machine,
  paths: StatePaths,
  onStep: (text: string) => void,
): Promise<void> {
  for (const name of await suspendRuns(machine, paths)) {
    onStep(`suspended ${name}: it goes on after the next start`);
  }
}

async function openLog({ clock }: Machine): Promise<Log> {
  const { createStreamLog } = await import('../adapters/log/stream/log.ts');
  const isTerminal = process.stderr.isTTY === true;
  return createStreamLog({
    stream: process.stderr,
    format: isTerminal ? 'text' : 'json',
    clock,
    redact: [],
    minimumLevel: isTerminal ? 'warn' : 'info',
  });
}

async function openHost(parts: ZoneParts, options: UpOptions) {
  const { createFileSourceWatcher } = await import(
    '../adapters/source-watcher/file/source-watcher.ts'
  );
  const { machine, paths, log, git, revisions } = parts;
  return createZoneHost({
    ...machine,
    log,
    git,
    revisions,
    watcher: createFileSourceWatcher({ repositoryPath: paths.repository }),
    pollMs: DEFAULT_SETTINGS.pollMs,
    zones: options.zones,
    openZone: (zone) => openZone(parts, zone),
  });
}
