import type { DriftRecord } from '../core/drift/drift-record.ts';
import type { DriftState } from '../core/drift/drift-state.ts';
import type { WindowCounts } from '../core/drift/subjects.ts';
import type { EffectId } from '../core/plan/effect.ts';

/** The window that goes on. */
export type OpenWindow = {
  readonly version: string;
  readonly fromMs: number;
  /** What the version had been asked when it began. */
  readonly counted: WindowCounts;
};

/** What came of a window, and for which endpoint and version. */
export type MonitorVerdict = DriftRecord & {
  readonly endpoint: string;
  readonly version: string;
};

/** One that was recorded, with its effect: the cause of what follows from it. */
export type MonitorAlarm = MonitorVerdict & { readonly effectId: EffectId };

/** What a monitor remembers. */
export type MonitorNotes = {
  readonly window: OpenWindow | null;
  readonly state: DriftState | null;
  /** The last window that ended. */
  readonly last: MonitorVerdict | null;
  /** An alarm that is not recorded yet. */
  readonly alarm: MonitorVerdict | null;
  readonly told: MonitorAlarm | null;
  /** Windows since the last one that found a change that matters. */
  readonly calmWindows: number;
};

export const NO_NOTES: MonitorNotes = {
  window: null,
  state: null,
  last: null,
  alarm: null,
  told: null,
  calmWindows: 0,
};
