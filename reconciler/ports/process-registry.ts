import type { JsonObject } from '../core/contracts/json.ts';

/** A detached process that a later command may have to find again. */
export type ProcessRecord = {
  readonly pid: number;
  /** Distinguishes it from whatever gets the same pid later; see `process-identity.ts`. */
  readonly identity: string;
  /** What others need to reach it, such as its port. */
  readonly details: JsonObject;
};

export interface ProcessRegistry {
  /** Writes down the calling process under a name, replacing a record of a dead one. */
  registerSelf(name: string, details: JsonObject): Promise<void>;
  /** The record, if that very process still runs; null otherwise. */
  find(name: string): Promise<ProcessRecord | null>;
  /** Removes the record, if it is of the calling process. */
  unregisterSelf(name: string): Promise<void>;
  /**
   * Asks the process to end (SIGTERM) and waits until it is gone, then forces it (SIGKILL) after
   * `graceMs`. What does not run is `absent`.
   */
  stop(name: string, graceMs: number): Promise<'absent' | 'stopped' | 'killed'>;
}
