/** Tells that the platform repo may have moved: a hint, never data. */
export interface SourceWatcher {
  /** Calls `onHint` some time after a reference changed; may call it without cause. */
  start(onHint: () => void): Promise<void>;
  stop(): Promise<void>;
}
