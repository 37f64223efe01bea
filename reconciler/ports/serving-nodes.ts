export type ServingNode = {
  readonly name: string;
  readonly pid: number;
  /** Where it answers on loopback. */
  readonly url: string;
};

/** The data-plane nodes of one zone: detached processes that outlive whoever started them. */
export interface ServingNodes {
  /**
   * Starts the zone's node, adopts the one that runs, or replaces one of another build. Resolves
   * when it answers. Throws P810 when it does not come up, with the end of its log.
   */
  ensureRunning(): Promise<ServingNode>;
  /** Null when none runs. */
  find(): Promise<ServingNode | null>;
  /** Lets it finish its answers first. Stopping what does not run does nothing. */
  stop(): Promise<void>;
}
