import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../reconciler/core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE } from '../../reconciler/core/contracts/ref.ts';
import type { Effect } from '../../reconciler/core/plan/effect.ts';
import { toEffectId } from '../../reconciler/core/plan/effect-id.ts';

export const ZONE = 'ae';

export type PoolSketch = Readonly<Record<string, number>>;

/** A target with these pools and slots: `makeTarget('laptop', { cpu: 4, gpu: 1 })`. */
export function makeTarget(name: string, pools: PoolSketch, hourlyPriceUsd = 0.64): NormalForm {
  return toNormalForm(
    { kind: 'Target', namespace: PLATFORM_NAMESPACE, name },
    {
      zone: ZONE,
      executor: 'process',
      pools: Object.entries(pools).map(([pool, slots]) => ({
        name: pool,
        device: pool.startsWith('gpu') ? 'gpu' : 'cpu',
        slots,
        hourlyPriceUsd,
      })),
      deletionPolicy: 'Retain',
    },
  );
}

/** The effect that makes the form live, as the planner words it. */
export function makeEffect(form: NormalForm, occurrence: number, action?: string): Effect {
  return toEffect(form, action ?? (occurrence === 0 ? 'create' : 'update'), form, occurrence);
}

/** The effect that takes it away; its target is the bare identity. */
export function makeRemoval(form: NormalForm, action: string, occurrence: number): Effect {
  return toEffect(form, action, toNormalForm(toRef(form), {}), occurrence);
}

function toEffect(
  form: NormalForm,
  action: string,
  target: NormalForm,
  occurrence: number,
): Effect {
  const ref = toRef(form);
  const targetDigest = digestJson(target);
  return {
    id: toEffectId({ ref, action, targetDigest, occurrence }),
    ref,
    action,
    target,
    targetDigest,
    class: 'admitted',
    reason: `${action} it`,
    dependsOn: [],
    risk: 'none',
    approvals: [],
  };
}

const CYCLE = [
  makeTarget('laptop', { cpu: 6, gpu: 2 }),
  makeTarget('laptop', { cpu: 1, spare: 3 }),
  makeTarget('laptop', { cpu: 4 }),
] as const;

/** An endless story of one target: it comes, changes twice, and is deleted, again and again. */
export function toAct(occurrence: number): {
  readonly effect: Effect;
  readonly target: NormalForm | null;
} {
  const form = CYCLE[occurrence % 4];
  if (form === undefined)
    return { effect: makeRemoval(CYCLE[0], 'delete', occurrence), target: null };
  const action = occurrence % 4 === 0 ? 'create' : 'update';
  return { effect: makeEffect(form, occurrence, action), target: form };
}
