import { hostname } from 'node:os';
import { join } from 'node:path';
import { createOpened } from '../cli/opened.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import { referencesOf } from '../core/graph/references.ts';
import { EFFECT_STEPS } from '../engine/effect-runner.ts';
import { createHolders } from '../engine/holder.ts';
import type { PolicyGate } from '../engine/policy-gate.ts';
import type { RevisionReader } from '../engine/revision-reader.ts';
import type { OpenZone } from '../engine/zone-host.ts';
import { createZoneReconciler } from '../engine/zone-reconciler.ts';
import { DEFAULT_SETTINGS } from '../engine/zone-settings.ts';
import { createConnectionHandler } from '../kinds/connection/connection-handler.ts';
import { createDataSourceHandler } from '../kinds/data-source/data-source-handler.ts';
import { createDefinitionHandlers } from '../kinds/definition/definition-handlers.ts';
import { createEndpointHandler } from '../kinds/endpoint/endpoint-handler.ts';
import { createFeatureViewHandler } from '../kinds/feature-view/feature-view-handler.ts';
import { createModelHandler } from '../kinds/model/model-handler.ts';
import { createMonitorHandler } from '../kinds/monitor/monitor-handler.ts';
import { createReleaseHandler } from '../kinds/release/release-handler.ts';
import { createTargetHandler } from '../kinds/target/target-handler.ts';
import { createTrainerHandler } from '../kinds/trainer/trainer-handler.ts';
import type { Database } from '../ports/database.ts';
import type { DatabaseServer } from '../ports/database-server.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Executor } from '../ports/executor.ts';
import type { KindHandler } from '../ports/kind-handler.ts';
import type { LedgerSigner } from '../ports/ledger-signer.ts';
import type { Log } from '../ports/log.ts';
import type { ProcessRegistry } from '../ports/process-registry.ts';
import type { Proposals } from '../ports/proposals.ts';
import type { Secret } from '../ports/secrets.ts';
import { type LearningPorts, openLearningPorts } from './learning.ts';
import { type ClosableGit, type Machine, openInstanceFile } from './machine.ts';
import { openProposals } from './proposals.ts';
import { openLocalForge } from './pulls.ts';
import { openServing, type ServingPorts } from './serving.ts';
import { toDatabaseName, toZoneFolder } from './zone-folder.ts';

/** What the zones of one process share: nothing with rows, counts or labels is among it. */
export type ZoneParts = {
  readonly machine: Machine;
  readonly paths: StatePaths;
  readonly registry: ProcessRegistry;
  readonly log: Log;
  readonly git: ClosableGit;
  readonly databases: DatabaseServer;
  readonly signer: LedgerSigner;
  readonly policy: PolicyGate;
  readonly revisions: RevisionReader;
  /** Where the first data-plane node tries to answer; 0 for any free port. */
  readonly servingPort: number;
};

/** One zone with everything that is its own. It is tried again later when a part does not open. */
export async function openZone(parts: ZoneParts, zone: string): Promise<OpenZone> {
  const { createPostgresDatabase } = await import('../adapters/database/postgres/database.ts');
  const { openPostgresZoneStore } = await import('../adapters/store/postgres/zone-store.ts');
  const server = await parts.databases.ensureRunning();
  const url = await server.ensureDatabase(toDatabaseName(zone));
  const database = createPostgresDatabase({ url });
  const opened = createOpened();
  opened.add(() => database.close());
  try {
    const store = await openPostgresZoneStore({ database });
    opened.add(() => store.close());
    const kinds = await openKinds(parts, { zone, url, database, opened });
    const { createFileAnchor } = await import('../adapters/anchor/file/anchor.ts');
    const { createSshSignatureVerifier } = await import(
      '../adapters/ledger-signer/ssh/signature-verifier.ts'
    );
    const { machine, paths, log, git, signer, policy, revisions } = parts;
    const { clock, randomness, identity } = machine;
    const holders = createHolders({ host: hostname(), identity });
    const nonce = Buffer.from(randomness.bytes(8)).toString('hex');
    const reconciler = createZoneReconciler({
      zone,
      holder: await holders.nameSelf(process.pid, nonce),
      isHolderDead: holders.isDead,
      settings: DEFAULT_SETTINGS,
      clock,
      randomness,
      log,
      git,
      genesis: (await (await openInstanceFile(paths)).read())?.genesis ?? null,
      signer,
      forge: await openLocalForge(machine, git),
      createVerifier: (allowedSigners) => createSshSignatureVerifier({ allowedSigners }),
      anchor: createFileAnchor({ path: join(paths.anchors, `${zone}.jsonl`) }),
      store,
      kinds: new Map(kinds.map((handler) => [handler.kind, handler])),
      effectSteps: EFFECT_STEPS,
      revisions,
      policy,
      referencesOf,
    });
    return { reconciler, close: opened.closeAll };
  } catch (error) {
    await opened.closeAll().catch(() => undefined);
    throw error;
  }
}

type ZoneOpening = {
  readonly zone: string;
  readonly url: Secret;
  readonly database: Database;
  readonly opened: ReturnType<typeof createOpened>;
};

async function openKinds(parts: ZoneParts, opening: ZoneOpening): Promise<readonly KindHandler[]> {
  const { machine, paths } = parts;
  const { zone, url, database, opened } = opening;
  const { openPostgresDefinitions } = await import(
    '../adapters/definitions/postgres/definitions.ts'
  );
  const { createProcessExecutor } = await import('../adapters/executor/process/executor.ts');
  const folder = toZoneFolder(paths, zone);
  const definitions = await openPostgresDefinitions({ database });
  const executor = createProcessExecutor({
    zone,
    zoneFolder: folder.root,
    clock: machine.clock,
    randomness: machine.randomness,
    processIdentity: machine.identity,
  });
  const learning = await openLearningPorts({ machine, paths, zone, url, database });
  opened.add(learning.close);
  const serving = await openServing({ ...parts, zone, url, database });
  opened.add(serving.close);
  const proposals = await openProposals(parts);
  const own = { zone, definitions, executor, proposals, clock: machine.clock };
  return toHandlers({ ...own, ...learning, ...serving });
}

type HandlerPorts = LearningPorts &
  ServingPorts & {
    readonly zone: string;
    readonly clock: Machine['clock'];
    readonly definitions: Definitions;
    readonly executor: Executor;
    readonly proposals: Proposals;
  };

/** Every kind meets the world through these, and the engine knows kinds by this table alone. */
function toHandlers(ports: HandlerPorts): readonly KindHandler[] {
  return [
    createTargetHandler(ports),
    ...createDefinitionHandlers(ports),
    createConnectionHandler(ports),
    createDataSourceHandler(ports),
    createFeatureViewHandler(ports),
    createTrainerHandler(ports),
    createModelHandler(ports),
    createEndpointHandler(ports),
    createReleaseHandler(ports),
    createMonitorHandler(ports),
  ];
}
