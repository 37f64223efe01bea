import { createMemoryDefinitions } from '../../reconciler/adapters/definitions/memory/definitions.ts';
import { createMemoryExecutor } from '../../reconciler/adapters/executor/memory/executor.ts';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import type { SeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createMemoryZoneStore } from '../../reconciler/adapters/store/memory/zone-store.ts';
import type { NormalForm } from '../../reconciler/core/contracts/normal-form.ts';
import { toRef } from '../../reconciler/core/contracts/normal-form.ts';
import type { Ref } from '../../reconciler/core/contracts/ref.ts';
import { listReferences } from '../../reconciler/core/graph/references.ts';
import { EFFECT_STEPS } from '../../reconciler/engine/effect-runner.ts';
import { createRevisionReader } from '../../reconciler/engine/revision-reader.ts';
import type { ZoneDeps } from '../../reconciler/engine/zone-deps.ts';
import { DEFAULT_SETTINGS } from '../../reconciler/engine/zone-settings.ts';
import { createDefinitionHandlers } from '../../reconciler/kinds/definition/definition-handlers.ts';
import { createTargetHandler } from '../../reconciler/kinds/target/target-handler.ts';
import type { Clock } from '../../reconciler/ports/clock.ts';
import type { Definitions } from '../../reconciler/ports/definitions.ts';
import type { KindHandler, KindTable } from '../../reconciler/ports/kind-handler.ts';
import type { ZoneStore } from '../../reconciler/ports/store.ts';
import { type Gate, gatePort, type PortName } from './gate.ts';
import type { ParseOnce } from './parse-once.ts';
import type { Plant } from './planted/plant.ts';
import { probeAnchor, probeGit } from './probes/ledger-probe.ts';
import { type ProbeDeps, probeReceiver } from './probes/receiver-probe.ts';
import { probeStore } from './probes/store-probe.ts';
import type { Actor } from './scheduler.ts';
import {
  createServingHandlers,
  type ServingWiring,
  wireForge,
  wireServingPorts,
} from './serving/wire-serving.ts';
import { createSimulatedPolicy } from './simulated-policy.ts';
import type { SimulatedWorld, ZoneWorld } from './simulated-world.ts';
import type { Swarm } from './swarm.ts';

export type Wiring = {
  readonly world: SimulatedWorld;
  readonly zone: ZoneWorld;
  readonly actor: Actor;
  readonly clock: Clock;
  readonly randomness: SeededRandomness;
  readonly gate: Gate;
  readonly swarm: Swarm;
  readonly plant: Plant;
  readonly parse: ParseOnce;
  readonly isHolderDead: (holder: string) => Promise<boolean>;
};

/**
 * The real engine on in-memory adapters. From the engine outwards: the gate, where calls suffer;
 * the probe, which tells what truly happened; what was planted, if anything; the adapter.
 */
export function wireProcess(wiring: Wiring): ZoneDeps {
  const { world, zone, actor, clock, swarm, plant, gate } = wiring;
  const probe: ProbeDeps = { zone: zone.name, actor: actor.name, tell: world.tell };
  const behind = <T extends object>(port: PortName, adapter: T): T =>
    gatePort(adapter, { zone: zone.name, actor, port }, gate);
  const revisions = createRevisionReader({ parse: wiring.parse });
  const git = plant.wrapGit?.(world.git) ?? world.git;
  const { serving } = zone;
  const life = serving && { ...{ git: world.git, serving, clock, revisions, probe, behind } };
  return {
    zone: zone.name,
    holder: actor.name,
    settings: { ...DEFAULT_SETTINGS, ...swarm.settings },
    clock,
    randomness: wiring.randomness.fork('engine'),
    log: {
      write: (entry) =>
        void world.tell({ kind: 'logged', zone: zone.name, actor: actor.name, entry }),
    },
    git: behind('git', probeGit(git, probe)),
    genesis: null,
    forge: life && wireForge(life),
    signer: world.signer,
    createVerifier: (allowedSigners) => createMemorySignatureVerifier({ allowedSigners }),
    anchor: behind('anchor', probeAnchor(world.anchor, probe)),
    store: wireStore(wiring, probe, behind),
    kinds: wireKinds(wiring, probe, behind, life),
    isHolderDead: wiring.isHolderDead,
    effectSteps: plant.effectSteps ?? EFFECT_STEPS,
    revisions,
    policy: createSimulatedPolicy({ zone: zone.name, actor }, gate),
    referencesOf,
  };
}

type Behind = <T extends object>(port: PortName, adapter: T) => T;

function wireStore({ world, zone, plant, actor, gate }: Wiring, probe: ProbeDeps, behind: Behind) {
  const { tables } = zone;
  const memory = createMemoryZoneStore({ tables, clock: world.clock });
  const crashPoint = (method: string) =>
    gate({ zone: zone.name, actor, port: 'journal', method, subject: '' }, async () => undefined);
  const planted = plant.wrapStore?.(memory, { tables, clock: world.clock, crashPoint }) ?? memory;
  const store = probeStore(planted, tables, probe);
  return {
    lease: behind('lease', store.lease),
    admissions: behind('admissions', store.admissions),
    journal: behind('journal', store.journal),
    outbox: behind('outbox', store.outbox),
    close: store.close,
  } satisfies ZoneStore;
}

function wireKinds(
  { world, zone, plant }: Wiring,
  probe: ProbeDeps,
  behind: Behind,
  life: Omit<ServingWiring, 'definitions'> | null,
): KindTable {
  const definitions = createMemoryDefinitions({ tables: zone.definitions });
  const executor = createMemoryExecutor({
    zone: zone.name,
    world: zone.executor,
    clock: world.clock,
  });
  const wrap = plant.wrapReceiver ?? ((receiver) => receiver);
  const ports = {
    definitions: behind('definitions', probeReceiver(wrap(definitions), 'definitions', probe)),
    executor: behind('executor', probeReceiver(wrap(executor), 'executor', probe)),
  };
  const rules = [...createDefinitionHandlers(ports), createTargetHandler(ports)];
  const handlers = [...rules, ...(life === null ? [] : wireLife(life, ports.definitions, plant))];
  const wrapKind = plant.wrapKind ?? ((handler) => handler);
  return new Map(handlers.map((handler) => [handler.kind, wrapKind(handler)]));
}

function wireLife(
  life: Omit<ServingWiring, 'definitions'>,
  definitions: Definitions,
  { wrapServing = (ports) => ports }: Plant,
): readonly KindHandler[] {
  return createServingHandlers(wrapServing(wireServingPorts({ ...life, definitions })));
}

function referencesOf(form: NormalForm): readonly Ref[] {
  return listReferences({ ref: toRef(form), spec: form.spec }).map((reference) => reference.to);
}
