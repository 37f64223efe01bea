import { createLocalForge } from '../../../reconciler/adapters/forge/local/forge.ts';
import { createMemorySignatureVerifier } from '../../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createForgeProposals } from '../../../reconciler/adapters/proposals/forge/proposals.ts';
import type { RevisionReader } from '../../../reconciler/engine/revision-reader.ts';
import { createConnectionHandler } from '../../../reconciler/kinds/connection/connection-handler.ts';
import { createDataSourceHandler } from '../../../reconciler/kinds/data-source/data-source-handler.ts';
import { createEndpointHandler } from '../../../reconciler/kinds/endpoint/endpoint-handler.ts';
import { createFeatureViewHandler } from '../../../reconciler/kinds/feature-view/feature-view-handler.ts';
import { createModelHandler } from '../../../reconciler/kinds/model/model-handler.ts';
import { createMonitorHandler } from '../../../reconciler/kinds/monitor/monitor-handler.ts';
import { createReleaseHandler } from '../../../reconciler/kinds/release/release-handler.ts';
import { createTrainerHandler } from '../../../reconciler/kinds/trainer/trainer-handler.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Definitions } from '../../../reconciler/ports/definitions.ts';
import type { Forge, PullLog } from '../../../reconciler/ports/forge.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import type { PortName } from '../gate.ts';
import type { ProbeDeps } from '../probes/receiver-probe.ts';
import { probePulls, probeRoutes } from '../probes/serving-probe.ts';
import type { SimulatedWorld } from '../simulated-world.ts';
import { SERVING_ACTORS, SIGNERS_PATH } from './serving-files.ts';
import type { ServingWorld } from './serving-world.ts';

export type ServingWiring = {
  readonly git: SimulatedWorld['git'];
  readonly serving: ServingWorld;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly revisions: RevisionReader;
  readonly probe: ProbeDeps;
  readonly behind: <T extends object>(port: PortName, adapter: T) => T;
};

export type ServingPorts = ReturnType<typeof wireServingPorts>;

/** The forge as one process reaches it: its repository and its log suffer, each on its own. */
export function wireForge({
  git,
  serving,
  clock,
  probe,
  behind,
}: Omit<ServingWiring, 'definitions'>): Forge {
  return createSimulatedForge({
    git: behind('git', git),
    log: behind('forge', probePulls(serving.pulls, probe)),
    clock,
  });
}

export function createSimulatedForge(deps: {
  readonly git: SimulatedWorld['git'];
  readonly log: PullLog;
  readonly clock: Clock;
}): Forge {
  return createLocalForge({
    ...deps,
    createVerifier: createMemorySignatureVerifier,
    allowedSignersPath: SIGNERS_PATH,
  });
}

export function wireServingPorts(wiring: ServingWiring) {
  const { serving, clock, definitions, revisions, probe, behind } = wiring;
  const git = behind('git', wiring.git);
  const proposals = createForgeProposals({
    ...{ git, clock, forge: wireForge(wiring), actor: SERVING_ACTORS.plumbline },
    author: { name: 'plumbline', email: 'plumbline@localhost' },
    readRevision: (commit) => revisions.read(git, commit),
  });
  return {
    ...{ zone: serving.zone, clock, definitions, proposals },
    routes: behind('routes', probeRoutes(serving.routes, probe)),
    counters: behind('counters', serving.counters),
    artifacts: behind('artifacts', serving.artifacts),
    connections: behind('connections', serving.connections),
    snapshots: behind('snapshots', serving.snapshots),
    onlineFeatures: behind('online-features', serving.onlineFeatures),
    trainers: behind('trainers', serving.trainers),
    runs: behind('runs', serving.runs),
    nodes: behind('nodes', serving.nodes),
    programs: { trainingSet: ['prepare'], evaluate: ['evaluate'] },
  };
}

export function createServingHandlers(ports: ServingPorts): readonly KindHandler[] {
  return [
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
