/**
 * Tells processes apart across the reuse of process ids and reboots. Whoever starts a detached
 * process writes down its id and identity; before adopting or signalling it later, the identity
 * is read again and compared as text.
 */
export interface ProcessIdentity {
  /** Null when no such process runs; a zombie does not run. Equal texts mean the same process. */
  readIdentity(pid: number): Promise<string | null>;
}
