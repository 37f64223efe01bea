export type RolloutVerdict = 'promote' | 'hold' | 'rollback';

export type JudgeReason =
  | 'guardrail-crossed'
  | 'evidence-suffices'
  /** By an earlier look. */
  | 'decided-before'
  | 'sample-ratio-mismatch'
  | 'counts-missing'
  | 'deadline'
  | 'no-promotion-rule'
  | 'undecided';

/** What earlier looks came to: an e-process that has crossed may fall again, and counts as crossed. */
export type Latch = 'promote' | 'rollback' | null;
