import { type Instant, parseRfc3339 } from '../../../core/contracts/instant.ts';
import type { OutboxRow, OutboxStore } from '../../../ports/store.ts';
import { assertLeader, type MemoryDeps } from './fencing.ts';

export function createOutboxStore(deps: MemoryDeps): OutboxStore {
  const { tables } = deps;
  return {
    async listPending(maxRows) {
      return tables.outbox.slice(tables.ledgered.seq, tables.ledgered.seq + maxRows);
    },

    async markLedgered(fence, seq, commit) {
      assertLeader(deps, fence);
      if (seq > tables.outbox.length) throw new Error(`ledgered beyond the tail: ${seq}`);
      if (seq > tables.ledgered.seq) tables.ledgered = { seq, commit };
    },

    async readBacklog() {
      const oldest = tables.outbox[tables.ledgered.seq];
      return {
        rows: tables.outbox.length - tables.ledgered.seq,
        oldestAt: oldest === undefined ? null : toInstant(oldest),
      };
    },

    async readTail() {
      const row = tables.outbox.at(-1);
      if (row === undefined) return null;
      return { seq: row.sealed.record.seq, digest: row.sealed.digest, at: toInstant(row) };
    },
  };
}

function toInstant(row: OutboxRow): Instant {
  const at = parseRfc3339(row.sealed.record.at);
  if (at === null) throw new Error(`record ${row.sealed.record.seq} has a bad time`);
  return at;
}
