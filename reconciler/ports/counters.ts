import type {
  CounterDelta,
  CounterEntry,
} from '../core/contracts/generated/counter-delta.generated.ts';

/** What nodes have counted, summed: exact whatever was sent twice, late or in another order. */
export interface Counters {
  /**
   * Durable when it resolves. `known` when this boot and sequence were taken already. Throws P703
   * when its cells are not those of the version, or a sum would be beyond 2^53: then it adds
   * nothing, and another delta may take the sequence.
   */
  accept(delta: CounterDelta): Promise<'accepted' | 'known'>;
  /** Sums by endpoint, version and route revision, sorted by them; of one endpoint, or of all. */
  readTotals(endpoint: string | null): Promise<readonly CounterEntry[]>;
}
