import type { CounterEntry } from '../../../core/contracts/generated/counter-delta.generated.ts';
import type { CounterKey } from '../../../core/serving/sum-counters.ts';

/** Which sequences of a boot were taken: all up to a mark, and some beyond it. */
export type TakenBoot = { readonly upTo: number; readonly beyond: ReadonlySet<number> };

/** The durable part, apart from the handles: it outlives a simulated crash. */
export type MemoryCounterTables = {
  readonly boots: Map<string, TakenBoot>;
  readonly totals: Map<CounterKey, CounterEntry>;
  /** How many cells each version is counted in. */
  readonly shapes: Map<string, string>;
};

export function createMemoryCounterTables(): MemoryCounterTables {
  return { boots: new Map(), totals: new Map(), shapes: new Map() };
}
