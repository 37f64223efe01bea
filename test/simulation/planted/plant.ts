import type { MemoryTables } from '../../../reconciler/adapters/store/memory/tables.ts';
import type { EffectStep } from '../../../reconciler/engine/effect-runner.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { GitReader, GitWriter } from '../../../reconciler/ports/git.ts';
import type { KindHandler } from '../../../reconciler/ports/kind-handler.ts';
import type { Receiver } from '../../../reconciler/ports/receiver.ts';
import type { ZoneStore } from '../../../reconciler/ports/store.ts';

import type { ServingPorts } from '../serving/wire-serving.ts';

/** What a planted store may use beside the port it stands in for. */
export type PlantedStoreDeps = {
  readonly tables: MemoryTables;
  readonly clock: Clock;
  /** A moment at which the process may be interrupted or die. */
  readonly crashPoint: (name: string) => Promise<void>;
};

/**
 * A bug put in by other wiring, never by a switch in the product: it shows that the simulation
 * would find such a bug, and that it would be found by the invariant that names it.
 */
export type Plant = {
  readonly name: string;
  /** What is wrong, as one sentence. */
  readonly bug: string;
  /** Invariants that are right to find it. */
  readonly foundBy: readonly string[];
  /** How many seeds it may take, when it shows only if several rare things come together. */
  readonly withinSeeds?: number;
  readonly effectSteps?: readonly EffectStep[];
  readonly wrapStore?: (store: ZoneStore, deps: PlantedStoreDeps) => ZoneStore;
  readonly wrapReceiver?: <T extends Receiver>(receiver: T) => T;
  readonly wrapKind?: (handler: KindHandler) => KindHandler;
  readonly wrapServing?: (ports: ServingPorts) => ServingPorts;
  readonly wrapGit?: <T extends GitReader & GitWriter>(git: T) => T;
};

export const NOTHING_PLANTED: Plant = { name: 'nothing', bug: 'none', foundBy: [] };
