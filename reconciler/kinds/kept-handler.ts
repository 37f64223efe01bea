import type { Fence } from '../core/contracts/fence.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { Ref } from '../core/contracts/ref.ts';
import { directionOf } from '../core/plan/actions.ts';
import type { Effect } from '../core/plan/effect.ts';
import type { Planner } from '../core/plan/planner.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { EffectCause, KindHandler, Outcome } from '../ports/kind-handler.ts';
import { createKeptStates, type KeptState, toRead } from './kept-states.ts';

export type Seen = {
  /** False when what it made is not there any more, so that it is made again. */
  readonly isThere: boolean;
  readonly facts: JsonObject;
};

/** What is kept once work is done. */
export type Work<Notes extends JsonObject> = {
  /** What is live now; the effect's target unless said otherwise. */
  readonly live?: NormalForm | null;
  readonly notes: Notes;
  readonly outcome?: Outcome;
};

export type WorkInput<Notes extends JsonObject> = {
  readonly effect: Effect;
  readonly target: NormalForm;
  readonly fence: Fence;
  readonly cause: EffectCause;
  /** What was kept before. */
  readonly before: KeptState<Notes> | null;
};

export type KeptKind<Notes extends JsonObject> = {
  readonly kind: string;
  readonly plan: Planner;
  /** How the world is that an effect has made. Never changes it. */
  readonly look: (state: KeptState<Notes>, ref: Ref) => Promise<Seen>;
  /** Work that may be repeated: it happens again when a crash came before its end was kept. */
  readonly make: (input: WorkInput<Notes>) => Promise<Work<Notes>>;
  /** Takes away what left Git; may be repeated. */
  readonly unmake: (input: Omit<WorkInput<Notes>, 'target'>) => Promise<void>;
  readonly tend?: (fence: Fence) => Promise<void>;
};

/**
 * A kind whose effects are more than one write: its work comes first and may be repeated, and what
 * it led to is kept last, under the effect's id. Nothing is begun under a fence that is gone.
 */
export function createKeptHandler<Notes extends JsonObject>(
  definitions: Definitions,
  subject: KeptKind<Notes>,
): KindHandler {
  const { kind, plan, tend } = subject;
  const states = createKeptStates<Notes>(kind, definitions);
  return {
    kind,
    plan,
    list: states.list,
    raiseFence: states.raiseFence,
    ...(tend === undefined ? {} : { tend }),
    observe: async (ref) => {
      const { state, lastEffectId } = await states.see(ref);
      if (state === null) return { read: { state: 'absent' }, lastEffectId };
      const { isThere, facts } = await subject.look(state, ref);
      const read = toRead(isThere ? state.live : null);
      return { read, lastEffectId, facts, lastOutcome: state.outcome };
    },
    perform: async (effect, fence, cause) => {
      await states.raiseFence(fence);
      const { state: before, lastEffectId } = await states.see(effect.ref);
      if (lastEffectId === effect.id) return { live: before?.live ?? null, ...before?.outcome };
      if (directionOf(effect.action) === 'remove') {
        await subject.unmake({ effect, fence, cause, before });
        return states.keep({ effect, fence }, null);
      }
      const target = effect.target as NormalForm;
      const work = await subject.make({ effect, target, fence, cause, before });
      const live = work.live === undefined ? target : work.live;
      const outcome = work.outcome ?? {};
      return states.keep({ effect, fence }, { live, notes: work.notes, outcome });
    },
  };
}
