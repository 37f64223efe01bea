import { createMemoryArtifactStore } from '../../../reconciler/adapters/artifact-store/memory/artifact-store.ts';
import { createMemoryCounters } from '../../../reconciler/adapters/counters/memory/counters.ts';
import { createMemoryCounterTables } from '../../../reconciler/adapters/counters/memory/tables.ts';
import { createMemoryDataConnections } from '../../../reconciler/adapters/data-connections/memory/data-connections.ts';
import { createMemoryPullLog } from '../../../reconciler/adapters/forge/memory/pull-log.ts';
import { createMemoryPullTables } from '../../../reconciler/adapters/forge/memory/tables.ts';
import { createMemoryOnlineFeatures } from '../../../reconciler/adapters/online-features/memory/online-features.ts';
import { createMemoryOnlineTables } from '../../../reconciler/adapters/online-features/memory/tables.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryRoutes } from '../../../reconciler/adapters/routes/memory/routes.ts';
import { createMemoryRouteTables } from '../../../reconciler/adapters/routes/memory/tables.ts';
import { createMemoryRunWorld } from '../../../reconciler/adapters/runs/memory/run-world.ts';
import { createMemoryRuns } from '../../../reconciler/adapters/runs/memory/runs.ts';
import { createMemoryNodeMachine } from '../../../reconciler/adapters/serving-nodes/memory/machine.ts';
import { createMemoryServingNodes } from '../../../reconciler/adapters/serving-nodes/memory/serving-nodes.ts';
import { createMemorySnapshots } from '../../../reconciler/adapters/snapshots/memory/snapshots.ts';
import {
  createMemoryTrainers,
  createMemoryTrainerTables,
} from '../../../reconciler/adapters/trainers/memory/trainers.ts';
import type { StoredVersion } from '../../../reconciler/ports/artifact-store.ts';
import type { PullLog } from '../../../reconciler/ports/forge.ts';
import { toTrainedResult } from '../../support/memory-training.ts';
import { writeRows } from './data-rows.ts';

/** What is durable of one zone's data, training, serving and forge; its adapters keep no state. */
export type ServingWorld = ReturnType<typeof createServingWorld>;

const ALWAYS_PASSES = 0.9;

export function createServingWorld(zone: string) {
  const files = new Map<string, Uint8Array>();
  const versions = new Map<string, StoredVersion>();
  const runWorld = createMemoryRunWorld({
    countSlots: () => 1,
    runStep: () => ({ exitCode: 0, said: null }),
    toResult: (request) => toTrainedResult(files, request, ALWAYS_PASSES),
  });
  const connections = createMemoryDataConnections({ files, makeUp: () => ({}) });
  writeRows(connections, 0);
  const pulls: PullLog = createMemoryPullLog({ tables: createMemoryPullTables() });
  const randomness = createSeededRandomness('assignment keys');
  return {
    zone,
    versions,
    pulls,
    /** Versions that fail in life, although they passed their gates. */
    bad: new Set<string>(),
    routes: createMemoryRoutes({ zone, tables: createMemoryRouteTables(), randomness }),
    counters: createMemoryCounters({ tables: createMemoryCounterTables() }),
    connections,
    snapshots: createMemorySnapshots({ files }),
    artifacts: createMemoryArtifactStore({
      versions,
      readModel: async (path) => files.get(path) ?? null,
    }),
    onlineFeatures: createMemoryOnlineFeatures({
      tables: createMemoryOnlineTables(),
      readRows: async () => [],
    }),
    trainers: createMemoryTrainers({ tables: createMemoryTrainerTables(['lightgbm']) }),
    runs: createMemoryRuns({ zone, world: runWorld }),
    nodes: createMemoryServingNodes({ zone, build: 'one', machine: createMemoryNodeMachine() }),
  };
}
