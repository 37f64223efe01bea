import type { ViewDefinition } from '../../../core/features/view-definition.ts';
import type { OnlineRow, OnlineState } from '../../../ports/online-features.ts';

export type MemoryOnlineView = {
  readonly definition: ViewDefinition;
  readonly state: OnlineState;
  /** By entity key. */
  readonly rows: ReadonlyMap<string, OnlineRow>;
};

/** The durable part, apart from the handles: it outlives a simulated crash. Mutable on purpose. */
export type MemoryOnlineTables = { readonly views: Map<string, MemoryOnlineView> };

export function createMemoryOnlineTables(): MemoryOnlineTables {
  return { views: new Map() };
}
