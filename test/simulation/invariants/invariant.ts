import type { SimulatedWorld } from '../simulated-world.ts';
import type { SettingOptions } from '../swarm.ts';
import type { WorldEvent } from '../world-events.ts';

export type InvariantContext = {
  readonly world: SimulatedWorld;
  readonly settings: SettingOptions;
  /** The invariant was put to the test; one that never is proves nothing. */
  readonly reached: () => void;
  readonly violate: (message: string) => void;
};

export type Watch = {
  readonly onEvent?: (event: WorldEvent) => void | Promise<void>;
  /** When everything has converged and is at rest. */
  readonly atEnd?: () => void | Promise<void>;
};

/** A promise of the product as a function over what truly happened. */
export type Invariant = {
  /** As the reliability plan names it. */
  readonly id: string;
  readonly says: string;
  readonly watch: (context: InvariantContext) => Watch;
};
