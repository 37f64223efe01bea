import { totalmem } from 'node:os';

/** How a supervisor watches; a test makes it impatient. */
export type SupervisorSettings = {
  /** Between two looks at what somebody wants of the run. */
  readonly pollMs: number;
  /** Between two looks at what its programs use: each reads the whole table of processes. */
  readonly lookMs: number;
  /** Between two notes of the time spent: what a supervisor that is killed forgets at most. */
  readonly noteMs: number;
  readonly stallAfterMs: number;
  /** Before the first retry; it doubles. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  readonly maxLogBytes: number;
  /**
   * Of a run's programs together. Node sets no limits on a child and a shell is out of the
   * question, so the supervisor looks and kills: what is used up between two looks gets through,
   * and pages that programs share count once for each.
   */
  readonly maxMemoryBytes: number;
};

export const DEFAULT_SUPERVISOR_SETTINGS = {
  pollMs: 250,
  lookMs: 2_000,
  noteMs: 5_000,
  stallAfterMs: 15 * 60_000,
  backoffMs: 2_000,
  maxBackoffMs: 5 * 60_000,
  maxLogBytes: 8 * 1024 * 1024,
} as const satisfies Omit<SupervisorSettings, 'maxMemoryBytes'>;

/** The rest is for the system, the store and the nodes that serve. */
const MEMORY_SHARE = 0.8;

export function createSupervisorSettings(
  overrides: Partial<SupervisorSettings> = {},
): SupervisorSettings {
  const maxMemoryBytes = Math.floor(MEMORY_SHARE * totalmem());
  return { ...DEFAULT_SUPERVISOR_SETTINGS, maxMemoryBytes, ...overrides };
}
