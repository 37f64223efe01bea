import type { Secret } from './secrets.ts';

export interface RunningDatabaseServer {
  /** Where a database is, with the credentials for it. Says nothing about whether it exists. */
  url(database: string): Secret;
  /** As `url`, and creates an empty database when there is none. */
  ensureDatabase(database: string): Promise<Secret>;
}

/** Where the zones' databases live: a server of our own, or one that was given. */
export interface DatabaseServer {
  /**
   * Starts the server, or adopts the one that runs; it outlives the caller. Many callers at once
   * get the same server. Throws P602 when this machine cannot run it and P401 when it does not
   * come up; both name the cause.
   */
  ensureRunning(): Promise<RunningDatabaseServer>;
  /**
   * The server that runs, for whoever only looks: null when none does, and nothing is started or
   * made. What was given is taken to run. Throws P401 when it runs and does not answer.
   */
  find(): Promise<RunningDatabaseServer | null>;
  /** Stops the server cleanly. Stopping what does not run, or what was given, does nothing. */
  stop(): Promise<void>;
  /** Stops the server and removes all its data. What was given is left alone. */
  destroy(): Promise<void>;
}
