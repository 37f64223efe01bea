import type { SealedRecord } from '../../../core/audit/record.ts';
import type { Oid } from '../../../core/contracts/git.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import type { Ref, RefKey } from '../../../core/contracts/ref.ts';
import type { Admission } from '../../../core/plan/admission.ts';
import type { EffectId } from '../../../core/plan/effect.ts';
import type { Recorded } from '../../../core/plan/planner.ts';
import type { OpenIntent, OutboxRow } from '../../../ports/store.ts';

export type AdmissionHeader = Omit<Admission, 'desired'>;

/**
 * One zone's state, apart from the handles that use it: two leaders share it, it outlives a
 * simulated crash, and a simulation can read it or damage it. Mutable on purpose.
 */
export type MemoryTables = {
  /** Epoch 0 is nobody's: the first leader gets 1. */
  leader: { holder: string; epoch: number; expiresAt: Instant };
  admission: Admission | null;
  /** Every admission's header, oldest first. */
  readonly admissionHeaders: AdmissionHeader[];
  /** Intents in the order they were first opened; they stay when the outcome is known. */
  readonly intents: Map<EffectId, OpenIntent>;
  readonly outcomes: Map<EffectId, SealedRecord>;
  readonly recorded: Map<RefKey, { readonly ref: Ref; readonly recorded: Recorded }>;
  /** Records in sequence; the row with sequence n stands at n - 1. */
  readonly outbox: OutboxRow[];
  /** How far Git has it, and the commit that brought it there. */
  ledgered: { seq: number; commit: Oid | null };
};

export function createMemoryTables(): MemoryTables {
  return {
    leader: { holder: '', epoch: 0, expiresAt: Number.NEGATIVE_INFINITY },
    admission: null,
    admissionHeaders: [],
    intents: new Map(),
    outcomes: new Map(),
    recorded: new Map(),
    outbox: [],
    ledgered: { seq: 0, commit: null },
  };
}
