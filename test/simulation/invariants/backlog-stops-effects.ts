import { type Instant, parseRfc3339 } from '../../../reconciler/core/contracts/instant.ts';
import { MAX_SKEW_MS } from '../process-clock.ts';
import { findZone, type ZoneWorld } from '../simulated-world.ts';
import { MAX_SLOW_MS } from '../swarm.ts';
import type { Invariant } from './invariant.ts';

export const backlogStopsEffects: Invariant = {
  id: 'I-28',
  says: 'no new effect starts while the ledger lags behind beyond its bounds',
  watch: ({ world, settings, reached, violate }) => {
    // Between the look at the backlog and the intent an answer and a call may each be slow; who
    // takes longer than the lease lives is refused anyway.
    const graceMs = 2 * MAX_SLOW_MS + settings.leaseTtlMs + 2 * MAX_SKEW_MS;
    const beyondSince = new Map<string, Instant>();
    return {
      onEvent: (event) => {
        const zone = findZone(world, event.zone);
        const now = world.clock.now();
        const { rows, ageMs } = readBacklog(zone, now);
        const isBeyond = rows > settings.maxBacklogRows || ageMs > settings.maxBacklogAgeMs;
        const since = beyondSince.get(zone.name) ?? now;
        if (isBeyond) beyondSince.set(zone.name, since);
        else beyondSince.delete(zone.name);
        if (event.kind !== 'intent-opened') return;
        if (isBeyond) reached();
        if (!event.isNew || !isBeyond || now - since <= graceMs) return;
        violate(
          `an effect started with ${rows} records behind since ${Math.round(now - since)} ms`,
        );
      },
    };
  },
};

/** What truly waits, whatever the product makes of it. */
function readBacklog({ tables }: ZoneWorld, now: Instant) {
  const rows = tables.outbox.length - tables.ledgered.seq;
  const oldest = tables.outbox[tables.ledgered.seq];
  const oldestAt = oldest === undefined ? null : parseRfc3339(oldest.sealed.record.at);
  return { rows, ageMs: oldestAt === null ? 0 : now - oldestAt };
}
