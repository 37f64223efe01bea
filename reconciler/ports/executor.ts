import type { Receiver } from './receiver.ts';

/**
 * Where work runs. It turns a target's pools into slots on a machine or cluster: what it observes
 * is counted from the slots that are really there, never from what it was told.
 */
export interface Executor extends Receiver {
  readonly executor: 'process' | 'kubernetes';
}
