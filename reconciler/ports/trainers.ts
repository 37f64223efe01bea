export type InstalledTrainer = {
  readonly program: string;
  /** Over its program, its locked packages and its contract version: what a run depends on. */
  readonly digest: string;
  /** How it is started, without a shell. */
  readonly argv: readonly string[];
};

/** Programs that train, each with the environment that it needs. */
export interface Trainers {
  /**
   * Sets the environment up on first need, which takes a minute; then it is only looked at.
   * Throws P809 when there is no such program or its environment cannot be made.
   */
  ensure(program: string): Promise<InstalledTrainer>;
  /** Null when its environment is not there, or not whole. */
  find(program: string): Promise<InstalledTrainer | null>;
  /** Removes the environment. Removing the missing succeeds. */
  remove(program: string): Promise<void>;
}
