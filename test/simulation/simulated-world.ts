import { createMemoryAnchor } from '../../reconciler/adapters/anchor/memory/anchor.ts';
import {
  createSimulatedClock,
  type SimulatedClock,
} from '../../reconciler/adapters/clock/simulated/clock.ts';
import {
  createMemoryDefinitionTables,
  type MemoryDefinitionTables,
} from '../../reconciler/adapters/definitions/memory/tables.ts';
import {
  createMemoryExecutorWorld,
  type MemoryExecutorWorld,
} from '../../reconciler/adapters/executor/memory/executor.ts';
import { createMemoryGit, type MemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createMemoryLedgerSigner } from '../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import {
  createMemoryTables,
  type MemoryTables,
} from '../../reconciler/adapters/store/memory/tables.ts';
import type { Anchor } from '../../reconciler/ports/anchor.ts';
import type { LedgerSigner } from '../../reconciler/ports/ledger-signer.ts';
import { createServingWorld, type ServingWorld } from './serving/serving-world.ts';
import type { WorldEvent } from './world-events.ts';

/** 2026-01-01T00:00:00Z: any fixed instant would do. */
export const START_AT = 1_767_225_600_000;

/** What is durable in one zone: it outlives every process, and only probes and people touch it. */
export type ZoneWorld = {
  readonly name: string;
  readonly tables: MemoryTables;
  readonly definitions: MemoryDefinitionTables;
  readonly executor: MemoryExecutorWorld;
  /** Null where nothing is trained and served. */
  readonly serving: ServingWorld | null;
};

/** The world outside all processes, true time included. */
export type SimulatedWorld = {
  readonly clock: SimulatedClock;
  readonly git: MemoryGit;
  readonly anchor: Anchor;
  readonly signer: LedgerSigner;
  readonly zones: readonly ZoneWorld[];
  /** Told to everybody who listens, before anything else can happen. */
  readonly tell: (event: WorldEvent) => Promise<void>;
  readonly listen: (listener: Listener) => void;
};

export type Listener = (event: WorldEvent) => void | Promise<void>;

export function createSimulatedWorld(
  zoneNames: readonly string[],
  servingZone: string | null,
): SimulatedWorld {
  const listeners: Listener[] = [];
  return {
    clock: createSimulatedClock({ startAt: START_AT }),
    git: createMemoryGit(),
    anchor: createMemoryAnchor(),
    signer: createMemoryLedgerSigner({ seed: 'simulation' }),
    zones: zoneNames.map((name) => ({
      name,
      tables: createMemoryTables(),
      definitions: createMemoryDefinitionTables(),
      executor: createMemoryExecutorWorld(),
      serving: name === servingZone ? createServingWorld(name) : null,
    })),
    tell: async (event) => {
      for (const listener of listeners) await listener(event);
    },
    listen: (listener) => {
      listeners.push(listener);
    },
  };
}

export function findZone(world: SimulatedWorld, name: string): ZoneWorld {
  const zone = world.zones.find((candidate) => candidate.name === name);
  if (zone === undefined) throw new Error(`no zone is called ${name}`);
  return zone;
}
