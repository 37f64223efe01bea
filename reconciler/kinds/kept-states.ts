import { digestJson } from '../core/contracts/digest.ts';
import type { Fence } from '../core/contracts/fence.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import { type NormalForm, toNormalForm } from '../core/contracts/normal-form.ts';
import type { Read } from '../core/contracts/read.ts';
import type { Ref } from '../core/contracts/ref.ts';
import type { Effect, EffectId } from '../core/plan/effect.ts';
import type { Definitions } from '../ports/definitions.ts';
import type { Outcome, Performed } from '../ports/kind-handler.ts';

/** What a kind remembers of a resource: the form that is live, and what it came from. */
export type KeptState<Notes extends JsonObject> = {
  /** Null while nothing of it is live yet, as with a model in training. */
  readonly live: NormalForm | null;
  readonly notes: Notes;
  /** What the effect that led here brought about. */
  readonly outcome: Outcome;
};

export type SeenState<Notes extends JsonObject> = {
  readonly state: KeptState<Notes> | null;
  readonly lastEffectId: EffectId | null;
};

export type LiveState<Notes extends JsonObject> = {
  readonly ref: Ref;
  readonly live: NormalForm;
  readonly state: KeptState<Notes>;
  readonly lastEffectId: EffectId;
};

/**
 * A kind's memory in the zone's store: written with the effect's id as the last step of its work,
 * which makes work that can be repeated into an effect that happens once.
 */
export type KeptStates<Notes extends JsonObject> = {
  readonly raiseFence: (fence: Fence) => Promise<void>;
  readonly see: (ref: Ref) => Promise<SeenState<Notes>>;
  readonly list: () => Promise<readonly Ref[]>;
  /** Everything of the kind that is live, each as it is when its turn comes. */
  readonly eachLive: () => AsyncIterable<LiveState<Notes>>;
  /** Returns what is live from now on. */
  readonly keep: (
    change: { readonly effect: Effect; readonly fence: Fence },
    state: KeptState<Notes> | null,
  ) => Promise<Performed>;
  /** Writes down how far something has come by itself; not once another effect came between. */
  readonly amend: (
    change: { readonly ref: Ref; readonly fence: Fence; readonly lastEffectId: EffectId },
    state: KeptState<Notes>,
  ) => Promise<boolean>;
};

export function createKeptStates<Notes extends JsonObject>(
  kind: string,
  definitions: Definitions,
): KeptStates<Notes> {
  const list = async () => (await definitions.list()).filter((ref) => ref.kind === kind);
  const see = async (ref: Ref): Promise<SeenState<Notes>> => {
    const { read, lastEffectId } = await definitions.observe(ref);
    if (read.state === 'unknown') throw new Error(read.why);
    const state = read.state === 'present' ? fromForm<Notes>(read.value) : null;
    return { state, lastEffectId };
  };
  return {
    ...{ list, see },
    raiseFence: (fence) => definitions.raiseFence(fence),
    async *eachLive() {
      for (const ref of await list()) {
        const { state, lastEffectId } = await see(ref);
        const live = state?.live ?? null;
        if (state !== null && live !== null && lastEffectId !== null) {
          yield { ref, live, state, lastEffectId };
        }
      }
    },
    keep: async ({ effect, fence }, state) => {
      const target = state === null ? null : toForm(effect.ref, state);
      await definitions.apply({ fence, effect, target });
      return { live: state?.live ?? null, ...state?.outcome };
    },
    amend: ({ ref, fence, lastEffectId }, state) =>
      definitions.amend({ fence, lastEffectId, form: toForm(ref, state) }),
  };
}

/** What of a kept state the engine asks for first. */
export function toRead(live: NormalForm | null): Read<NormalForm> {
  if (live === null) return { state: 'absent' };
  return { state: 'present', value: live, observedDigest: digestJson(live) };
}

/** What is live by a form in the zone's store: a kept state has it inside, others are it. */
export function toLiveForm(form: NormalForm): NormalForm | null {
  return isKeptState(form) ? fromForm(form).live : form;
}

/** Older builds kept states without the mark; no spec of theirs has both of these fields. */
function isKeptState({ spec }: NormalForm): boolean {
  return spec['keptState'] === STATE_VERSION || ('live' in spec && 'outcome' in spec);
}

/** Names the shape of a stored state, and tells it from a spec that is stored as it is. */
const STATE_VERSION = 1;

function toForm<Notes extends JsonObject>(ref: Ref, state: KeptState<Notes>): NormalForm {
  const { live, notes, outcome } = state;
  const { inputs = {}, summary = null } = outcome;
  const kept = { live: live?.spec ?? null, notes, outcome: { inputs, summary } };
  return toNormalForm(ref, { keptState: STATE_VERSION, ...kept });
}

function fromForm<Notes extends JsonObject>(form: NormalForm): KeptState<Notes> {
  const { live, notes, outcome } = form.spec as unknown as {
    readonly live: JsonObject | null;
    readonly notes: Notes;
    readonly outcome: {
      readonly inputs: Outcome['inputs'] & object;
      readonly summary: string | null;
    };
  };
  const { inputs, summary } = outcome;
  return {
    live: live === null ? null : { ...form, spec: live },
    notes,
    outcome: { inputs, ...(summary === null ? {} : { summary }) },
  };
}
