import type { DriftRecord } from '../../core/drift/drift-record.ts';
import type { DriftState } from '../../core/drift/drift-state.ts';
import type { WindowCounts } from '../../core/drift/subjects.ts';
import type { EffectId } from '../../core/plan/effect.ts';

/** The window that goes on. */
export type OpenWindow = {
  readonly version: string;
  readonly fromMs: number;
  /** What the version had been asked when it began. */
  readonly counted: WindowCounts;
};

/** What a monitor remembers. */
export type MonitorNotes = {
  readonly window: OpenWindow | null;
  readonly state: DriftState | null;
  /** The last window that ended. */
  readonly last: (DriftRecord & { readonly version: string }) | null;
  /** An alarm that is not recorded yet. */
  readonly alarm: (DriftRecord & { readonly version: string }) | null;
  /** The last one that was, with its effect: the cause of what follows from it. */
  readonly told: (DriftRecord & { readonly version: string; readonly effectId: EffectId }) | null;
};

export const NO_NOTES: MonitorNotes = {
  window: null,
  state: null,
  last: null,
  alarm: null,
  told: null,
};
