import { createMemoryArtifactStore } from '../../../reconciler/adapters/artifact-store/memory/artifact-store.ts';
import { createMemoryCounters } from '../../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../../reconciler/adapters/counters/memory/tables.ts';
import { createMemoryDataConnections } from '../../../reconciler/adapters/data-connections/memory/data-connections.ts';
import { createMemoryDefinitions } from '../../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryDefinitionTables } from '../../../reconciler/adapters/definitions/memory/tables.ts';
import { createMemoryExecutor } from '../../../reconciler/adapters/executor/memory/executor.ts';
import { createMemoryOnlineFeatures } from '../../../reconciler/adapters/online-features/memory/online-features.ts';
import { createMemoryOnlineTables } from '../../../reconciler/adapters/online-features/memory/tables.ts';
import {
  createMemoryProposals,
  createMemoryProposalTables,
} from '../../../reconciler/adapters/proposals/memory/proposals.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryRoutes } from '../../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../../reconciler/adapters/routes/memory/tables.ts';
import {
  createMemoryRunWorld,
  type MemoryStepEnd,
} from '../../../reconciler/adapters/runs/memory/run-world.ts';
import { createMemoryRuns } from '../../../reconciler/adapters/runs/memory/runs.ts';
import { createMemoryNodeMachine } from '../../../reconciler/adapters/serving-nodes/memory/machine.ts';
import { createMemoryServingNodes } from '../../../reconciler/adapters/serving-nodes/memory/serving-nodes.ts';
import { createMemorySnapshots } from '../../../reconciler/adapters/snapshots/memory/snapshots.ts';
import {
  createMemoryTrainers,
  createMemoryTrainerTables,
} from '../../../reconciler/adapters/trainers/memory/trainers.ts';
import { readLedgerEntries } from '../../../reconciler/cli/ledger-reading.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createConnectionHandler } from '../../../reconciler/kinds/connection/connection-handler.ts';
import { createDataSourceHandler } from '../../../reconciler/kinds/data-source/data-source-handler.ts';
import { createDefinitionHandlers } from '../../../reconciler/kinds/definition/definition-handlers.ts';
import { createEndpointHandler } from '../../../reconciler/kinds/endpoint/endpoint-handler.ts';
import { createFeatureViewHandler } from '../../../reconciler/kinds/feature-view/feature-view-handler.ts';
import { createModelHandler } from '../../../reconciler/kinds/model/model-handler.ts';
import { createMonitorHandler } from '../../../reconciler/kinds/monitor/monitor-handler.ts';
import { createReleaseHandler } from '../../../reconciler/kinds/release/release-handler.ts';
import { createTargetHandler } from '../../../reconciler/kinds/target/target-handler.ts';
import { createTrainerHandler } from '../../../reconciler/kinds/trainer/trainer-handler.ts';
import type { StoredVersion } from '../../../reconciler/ports/artifact-store.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import type { RunRequest } from '../../../reconciler/ports/runs.ts';
import { toTrainedResult } from '../../support/memory-training.ts';
import { createZoneHarness } from '../engine/zone-harness.ts';

/** A zone whose data, training and serving are in memory: everything but the programs is real. */
export function createModelZone(plant: Plant = (ports) => ports) {
  const harness = createZoneHarness();
  const { clock } = harness;
  const database = createDatabase();
  const files = new Map<string, Uint8Array>();
  const programs = {
    end: (_request: RunRequest): MemoryStepEnd => ({ exitCode: 0, said: null }),
    auc: 0.9,
  };
  const definitions = createMemoryDefinitions({ tables: database.definitions });
  const randomness = createSeededRandomness('model zone');
  const routes = createMemoryRoutes({ zone: 'ae', tables: database.routes, randomness });
  const machine = createMemoryNodeMachine();
  /** Keys of the runs whose programs were started. */
  const begun: string[] = [];
  const versions = new Map<string, StoredVersion>();
  const runWorld = createMemoryRunWorld({
    countSlots: () => 1,
    runStep: ({ request, step }) => {
      if (step.name === 'prepare') begun.push(request.runKey);
      return step.name === 'train' ? programs.end(request) : { exitCode: 0, said: null };
    },
    toResult: (request) => toTrainedResult(files, request, programs.auc),
  });
  const connections = createMemoryDataConnections({ files, makeUp: () => ({}) });
  const artifacts = createMemoryArtifactStore({
    versions,
    readModel: async (path) => files.get(path) ?? null,
  });
  const proposed = createMemoryProposalTables();
  const counters = createMemoryCounters({ tables: database.counters });
  const ports = {
    ...{ zone: 'ae', clock, definitions, routes, counters, artifacts, connections },
    proposals: createMemoryProposals({ tables: proposed }),
    executor: createMemoryExecutor({ zone: 'ae', world: harness.executorWorld, clock }),
    snapshots: createMemorySnapshots({ files }),
    onlineFeatures: createMemoryOnlineFeatures({
      tables: createMemoryOnlineTables(),
      readRows: async () => [],
    }),
    trainers: createMemoryTrainers({ tables: createMemoryTrainerTables(['lightgbm']) }),
    runs: createMemoryRuns({ zone: 'ae', world: runWorld }),
    nodes: createMemoryServingNodes({ zone: 'ae', build: 'one', machine }),
    programs: { trainingSet: ['prepare'], evaluate: ['evaluate'] },
  };
  const kinds = new Map(toHandlers(plant(ports)).map((handler) => [handler.kind, handler]));
  return {
    ...{ clock, programs, routes, counters, artifacts, connections, runs: ports.runs, machine },
    ...{ onlineFeatures: ports.onlineFeatures, snapshots: ports.snapshots },
    ...{ begun, versions, files, proposed },
    commit: harness.commit,
    git: harness.git,
    /** The repository, the artifacts and the data are what is left. */
    loseDatabase: () => {
      harness.loseStore();
      database.lose();
    },
    open: () => harness.open({ kinds }),
    /** What the ledger says of one resource, oldest first. */
    titles: async (kind: string, name: string) =>
      (await readStory(harness, kind, name)).map(({ title }) => title),
    /** What was done to one resource, oldest first: `train succeeded`. */
    story: async (kind: string, name: string) =>
      (await readStory(harness, kind, name)).map(
        ({ record }) => `${record.action} ${record.outcome}`,
      ),
  };
}

/** What a zone keeps beside its journal. */
function createDatabase() {
  const definitions = createMemoryDefinitionTables();
  const routes = createMemoryRouteTables();
  const counters = createMemoryCounterTables();
  const lose = () => {
    Object.assign(definitions, createMemoryDefinitionTables());
    Object.assign(routes, createMemoryRouteTables());
    Object.assign(counters, createMemoryCounterTables());
  };
  return { definitions, routes, counters, lose };
}

/** A port that is not as it should be, to see whether anybody notices. */
export type Plant = (ports: ZonePorts) => ZonePorts;

type ZonePorts = Parameters<typeof createTargetHandler>[0] &
  Parameters<typeof createConnectionHandler>[0] &
  Parameters<typeof createDataSourceHandler>[0] &
  Parameters<typeof createFeatureViewHandler>[0] &
  Parameters<typeof createTrainerHandler>[0] &
  Parameters<typeof createModelHandler>[0] &
  Parameters<typeof createEndpointHandler>[0] &
  Parameters<typeof createReleaseHandler>[0];

function toHandlers(ports: ZonePorts): readonly KindHandler[] {
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

async function readStory(
  { git }: Pick<ReturnType<typeof createZoneHarness>, 'git'>,
  kind: string,
  name: string,
) {
  const entries = await readLedgerEntries(git, 'ae', 1_000);
  return entries
    .filter(({ record }) => record.ref.kind === kind && record.ref.name === name)
    .reverse();
}

export function reasonsOf(status: ZoneStatus, kind: string, name: string): readonly string[] {
  const found = status.resources.find(({ ref }) => ref.kind === kind && ref.name === name);
  return (found?.conditions ?? []).map(({ reason }) => reason);
}
