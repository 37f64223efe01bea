/**
 * Tells that the platform repo may have moved: a hint, never data. A hint may be lost, so whoever
 * listens polls too.
 */
export interface SourceWatcher {
  /** Calls `onHint` some time after main has moved; may call it without cause. */
  start(onHint: () => void): Promise<void>;
  stop(): Promise<void>;
}
