import type { PullEvent } from '../../../core/forge/pull-event.ts';

/** The durable part, apart from the handles: it outlives a simulated crash. Mutable on purpose. */
export type MemoryPullTables = { readonly events: Map<number, PullEvent[]> };

export function createMemoryPullTables(): MemoryPullTables {
  return { events: new Map() };
}
