import type { JsonObject } from '../../core/contracts/json.ts';
import { type MonitorFacts, planMonitor } from '../../core/plan/planners/monitor.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { KindHandler } from '../../ports/kind-handler.ts';
import { createKeptHandler } from '../kept-handler.ts';
import { createKeptStates } from '../kept-states.ts';
import { type MonitorNotes, NO_NOTES } from '../monitor-notes.ts';
import { toAlarmInputs, type WatchPorts, watch } from './watch.ts';

export type MonitorPorts = WatchPorts & { readonly definitions: Definitions };

/** A monitor judges windows of counts by itself; what it alarms of is told by an effect. */
export function createMonitorHandler(ports: MonitorPorts): KindHandler {
  const { definitions } = ports;
  const states = createKeptStates<MonitorNotes>('Monitor', definitions);
  return createKeptHandler<MonitorNotes>(definitions, {
    kind: 'Monitor',
    plan: planMonitor,
    look: async ({ notes }) => ({ isThere: true, facts: toFacts(notes) as JsonObject }),
    make: async ({ effect, before }) => {
      const notes = before?.notes ?? NO_NOTES;
      if (effect.action !== 'alarm' || notes.alarm === null) return { notes };
      const inputs = toAlarmInputs(notes.alarm);
      const told = { ...notes.alarm, effectId: effect.id };
      return { notes: { ...notes, alarm: null, told }, outcome: { inputs } };
    },
    unmake: async () => undefined,
    tend: async (fence) => {
      for await (const { ref, live, state, lastEffectId } of states.eachLive()) {
        const notes = await watch(ports, live, state.notes);
        if (notes !== null) await states.amend({ ref, fence, lastEffectId }, { ...state, notes });
      }
    },
  });
}

/** An alarm stands until another version is served: what it was about is still so. */
function toFacts({ window, last, alarm, told }: MonitorNotes): MonitorFacts {
  const isOfServed = (record: { readonly version: string } | null) =>
    record !== null && record.version === window?.version;
  const standing = isOfServed(told) ? told : isOfServed(last) ? last : null;
  return {
    verdict: standing?.verdict ?? null,
    why: standing?.why ?? '',
    alarm: alarm === null ? null : { verdict: toAlarmWord(alarm.verdict), why: alarm.why },
  };
}

function toAlarmWord(verdict: string): 'drift' | 'warn' {
  return verdict === 'drift' ? 'drift' : 'warn';
}
