import { type SealedRecord, sealRecord } from '../../../core/audit/record.ts';
import { parseRfc3339 } from '../../../core/contracts/instant.ts';
import { compareRefs, toRefKey } from '../../../core/contracts/ref.ts';
import {
  NOTHING_RECORDED,
  type Recorded,
  type RecordedEffect,
} from '../../../core/plan/planner.ts';
import type { JournalStore, TerminalOutcome } from '../../../ports/store.ts';
import { assertLeader, type MemoryDeps } from './fencing.ts';
import type { MemoryTables } from './tables.ts';

export function createJournalStore(deps: MemoryDeps): JournalStore {
  const { tables } = deps;
  return {
    async openIntent(fence, intent) {
      assertLeader(deps, fence);
      const { id } = intent.effect;
      if (tables.outcomes.has(id)) return 'terminal';
      // The first intent stays: the effect may already have happened because of it.
      const known = tables.intents.get(id);
      const inForce = tables.admission?.sequence ?? 0;
      if (known === undefined && intent.admissionSequence < inForce) return 'superseded';
      const first = known ?? intent;
      tables.intents.set(id, { ...first, epoch: fence.epoch });
      return 'open';
    },

    async recordOutcome(fence, outcome) {
      assertLeader(deps, fence);
      return tables.outcomes.get(outcome.draft.effectId) ?? appendOutcome(tables, outcome);
    },

    async listOpenIntents() {
      return [...tables.intents.values()].filter(({ effect }) => !tables.outcomes.has(effect.id));
    },

    async readRecorded(ref) {
      return tables.recorded.get(toRefKey(ref))?.recorded ?? NOTHING_RECORDED;
    },

    async listRecorded() {
      return [...tables.recorded.values()].sort((a, b) => compareRefs(a.ref, b.ref));
    },
  };
}

/** Everything in one synchronous step, which is what a transaction is in memory. */
function appendOutcome(tables: MemoryTables, outcome: TerminalOutcome): SealedRecord {
  const { draft, live, summary } = outcome;
  const at = parseRfc3339(draft.at);
  if (at === null) throw new Error(`outcome with a bad time: ${draft.at}`);
  const intent = tables.intents.get(draft.effectId);
  if (intent === undefined || toRefKey(intent.effect.ref) !== toRefKey(draft.ref)) {
    throw new Error(`outcome without intent: ${draft.effectId}`);
  }
  const prev = tables.outbox.at(-1)?.sealed.digest ?? null;
  const sealed = sealRecord(draft, { seq: tables.outbox.length + 1, prev });
  const effect: RecordedEffect = {
    effectId: draft.effectId,
    action: intent.effect.action,
    targetDigest: intent.effect.targetDigest,
    outcome: draft.outcome,
    live,
    at,
    summary,
  };
  const key = toRefKey(draft.ref);
  const before = tables.recorded.get(key)?.recorded ?? NOTHING_RECORDED;
  tables.recorded.set(key, { ref: draft.ref, recorded: addEffect(before, effect) });
  tables.outcomes.set(draft.effectId, sealed);
  tables.outbox.push({ sealed, live, summary });
  return sealed;
}

function countFailures({ last, failures }: Recorded, effect: RecordedEffect): number {
  if (effect.outcome !== 'failed') return 0;
  return last?.targetDigest === effect.targetDigest ? failures + 1 : 1;
}

function addEffect(before: Recorded, effect: RecordedEffect): Recorded {
  return {
    terminalEffects: before.terminalEffects + 1,
    failures: countFailures(before, effect),
    last: effect,
    achieved: effect.outcome === 'succeeded' ? effect : before.achieved,
  };
}
