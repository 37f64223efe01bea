import type { ViewDefinition } from '../../../core/features/view-definition.ts';
import type { OnlineRow, OnlineState } from '../../../ports/online-features.ts';

export type MemoryOnlineView = {
  readonly state: OnlineState;
  /** By entity key. */
  readonly rows: ReadonlyMap<string, OnlineRow>;
};

/** The durable part, apart from the handles: it outlives a simulated crash. Mutable on purpose. */
export type MemoryOnlineTables = {
  /** Both by the definition's digest; a definition stays when its rows go. */
  readonly definitions: Map<string, ViewDefinition>;
  readonly views: Map<string, MemoryOnlineView>;
  lastSequence: number;
};

export function createMemoryOnlineTables(): MemoryOnlineTables {
  return { definitions: new Map(), views: new Map(), lastSequence: 0 };
}
