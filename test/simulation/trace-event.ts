import type { Instant } from '../../reconciler/core/contracts/instant.ts';
import { toRefKey } from '../../reconciler/core/contracts/ref.ts';
import type { Trace } from './trace.ts';
import { isExecution, type WorldEvent } from './world-events.ts';

/** One line for each thing that truly happened; what only looks is already a line of the gate. */
export function traceEvent(trace: Trace, now: Instant, event: WorldEvent): void {
  const words = describe(event);
  if (words !== null) trace.write(`${now} ${event.zone} ${event.kind} ${words}`);
}

function describe(event: WorldEvent): string | null {
  switch (event.kind) {
    case 'observed':
    case 'epoch-accepted':
      return null;
    case 'applied': {
      const { effect, fence } = event;
      const how = isExecution(event) ? 'executed' : 'repeated';
      return `${how} ${effect.action} ${toRefKey(effect.ref)} ${effect.id.slice(7, 15)} by ${fence.holder}`;
    }
    case 'epoch-refused':
      return `${event.by} ${event.epoch} of ${event.actor}`;
    case 'intent-opened': {
      const { effect, admissionSequence } = event.intent;
      const how = event.isNew ? 'new' : 'again';
      return `${how} ${effect.action} ${toRefKey(effect.ref)} ${effect.id.slice(7, 15)} of ${admissionSequence}`;
    }
    case 'outcome-recorded': {
      const { seq, outcome, effectId } = event.sealed.record;
      return `${seq} ${outcome} ${effectId.slice(7, 15)} ${event.isNew ? 'new' : 'again'}`;
    }
    case 'admitted': {
      const { sequence, revision, effects, refusals } = event.admission;
      const refused = refusals.map(({ code, ref }) => `${code} ${toRefKey(ref)}`).join(', ');
      return `${sequence} ${revision} ${effects.length} effects, refused: ${refused}`;
    }
    case 'ledgered':
      return `${event.seq}`;
    case 'appended':
      return `${event.before} to ${event.after}`;
    case 'anchored':
      return `${event.checkpoint.seq}`;
    case 'logged':
      return `${event.actor} ${event.entry.level} ${event.entry.event} ${event.entry.message}`;
    case 'weighed':
      return `${event.revision} ${event.versions.map(({ version, percent }) => `${version.slice(7, 15)} ${percent}`).join(', ')}`;
    case 'acknowledged':
      return `${event.revision}`;
    case 'pulled':
      return `${event.event.pull} ${event.event.type} by ${event.event.by}`;
    case 'phase':
      return event.phase;
  }
}
