/** Times and sizes of one zone's loop; each bounds something. */
export type ZoneSettings = {
  readonly leaseTtlMs: number;
  readonly pollMs: number;
  /** How often everything is looked at again, so that a divergence nobody announced is found. */
  readonly resyncMs: number;
  readonly workers: number;
  /** After this long a worker turns to other keys while the effect goes on. */
  readonly slowEffectMs: number;
  /** After this long without an answer it is unknown how a resource is. */
  readonly observeMs: number;
  /** How often each kind may keep going what goes on by itself. */
  readonly tendMs: number;
  readonly drainMs: number;
  /** No new effect starts while the ledger lags behind by more than this. */
  readonly maxBacklogRows: number;
  readonly maxBacklogAgeMs: number;
  readonly anchorEveryRecords: number;
  readonly anchorEveryMs: number;
};

export const DEFAULT_SETTINGS: ZoneSettings = {
  leaseTtlMs: 15_000,
  pollMs: 30_000,
  resyncMs: 60_000,
  workers: 8,
  slowEffectMs: 5_000,
  observeMs: 10_000,
  tendMs: 1_000,
  drainMs: 10_000,
  maxBacklogRows: 2_000,
  maxBacklogAgeMs: 60_000,
  anchorEveryRecords: 256,
  anchorEveryMs: 60_000,
};
