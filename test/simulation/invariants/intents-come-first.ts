import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { findZone } from '../simulated-world.ts';
import { isExecution, type WorldEvent } from '../world-events.ts';
import type { Invariant, InvariantContext } from './invariant.ts';

export const intentsComeFirst: Invariant = {
  id: 'I-22',
  says: 'no effect starts without an open intent, or on an observation older than our own last write',
  watch: (context) => {
    let moment = 0;
    const observedAt = new Map<string, number>();
    const executedAt = new Map<string, number>();
    return {
      onEvent: (event) => {
        moment += 1;
        if (event.kind === 'observed') {
          observedAt.set(`${event.actor} ${event.zone} ${toRefKey(event.ref)}`, moment);
        }
        if (event.kind === 'intent-opened' && event.isNew) {
          checkObservation(context, event, observedAt, executedAt);
        }
        if (event.kind === 'applied' && isExecution(event)) {
          checkIntent(context, event);
          executedAt.set(`${event.zone} ${toRefKey(event.effect.ref)}`, moment);
        }
      },
    };
  },
};

type Moments = ReadonlyMap<string, number>;

function checkObservation(
  { reached, violate }: InvariantContext,
  event: Extract<WorldEvent, { kind: 'intent-opened' }>,
  observedAt: Moments,
  executedAt: Moments,
): void {
  reached();
  const place = `${event.zone} ${toRefKey(event.intent.effect.ref)}`;
  const seen = observedAt.get(`${event.actor} ${place}`) ?? 0;
  if (seen > (executedAt.get(place) ?? 0)) return;
  violate(`${event.actor} decided about ${place} on what was there before our own last write`);
}

function checkIntent(
  { world, reached, violate }: InvariantContext,
  { zone, effect }: Extract<WorldEvent, { kind: 'applied' }>,
): void {
  reached();
  const { intents, outcomes } = findZone(world, zone).tables;
  const what = `${effect.action} ${toRefKey(effect.ref)}`;
  if (!intents.has(effect.id)) violate(`${what} happened without a durable intent`);
  const outcome = outcomes.get(effect.id);
  if (outcome === undefined) return;
  violate(`${what} happened after its outcome "${outcome.record.outcome}" was recorded`);
}
