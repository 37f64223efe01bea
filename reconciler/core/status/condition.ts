/** What a person may rely on about a resource. Messages carry no times, so they do not flap. */
export type Condition = {
  readonly type: 'Ready' | 'Progressing' | 'Stalled' | 'Held';
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase, stable, for machines. */
  readonly reason: string;
  /** A sentence, for people. */
  readonly message: string;
};
