import { parseRfc3339 } from '../../../reconciler/core/contracts/instant.ts';
import { MAX_SKEW_MS } from '../process-clock.ts';
import { findZone } from '../simulated-world.ts';
import type { Invariant } from './invariant.ts';

export const backlogStopsEffects: Invariant = {
  id: 'I-28',
  says: 'no new effect starts while the ledger lags behind beyond its bounds',
  watch: ({ world, settings, reached, violate }) => {
    // Workers that saw a backlog within bounds may each add one more before the next look; and
    // between the look and the intent an effect may be slow, but not slower than the lease lives.
    const maxRows = settings.maxBacklogRows + settings.workers;
    const maxAgeMs = settings.maxBacklogAgeMs + settings.leaseTtlMs + 2 * MAX_SKEW_MS;
    return {
      onEvent: (event) => {
        if (event.kind !== 'intent-opened') return;
        const { outbox, ledgered } = findZone(world, event.zone).tables;
        const rows = outbox.length - ledgered.seq;
        const oldest = outbox[ledgered.seq];
        const oldestAt = oldest === undefined ? null : parseRfc3339(oldest.sealed.record.at);
        const ageMs = oldestAt === null ? 0 : world.clock.now() - oldestAt;
        if (rows > 0) reached();
        if (rows > maxRows) violate(`an effect started with ${rows} records behind`);
        if (ageMs > maxAgeMs) violate(`an effect started ${ageMs} ms behind the ledger`);
      },
    };
  },
};
