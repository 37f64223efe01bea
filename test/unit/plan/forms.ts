import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import { type NormalForm, toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Read } from '../../../reconciler/core/contracts/read.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../../../reconciler/core/contracts/ref.ts';
import type { PlanContext } from '../../../reconciler/core/plan/planner.ts';

export function refOf(kind: string, name: string): Ref {
  return { kind, namespace: PLATFORM_NAMESPACE, name };
}

export function formOf(kind: string, name: string, spec: JsonObject): NormalForm {
  return toNormalForm(refOf(kind, name), spec);
}

export function targetForm(name: string, slots: number, deletionPolicy = 'Delete'): NormalForm {
  return formOf('Target', name, {
    zone: 'ae',
    executor: 'process',
    pools: [{ name: 'cpu', device: 'cpu', slots, hourlyPriceUsd: 0 }],
    deletionPolicy,
  });
}

export function environmentForm(name: string, targets: readonly string[]): NormalForm {
  return formOf('Environment', name, { zone: 'ae', targets: [...targets] });
}

export function present(form: NormalForm): Read<NormalForm> {
  return { state: 'present', value: form, observedDigest: digestJson(form) };
}

export const ABSENT: Read<NormalForm> = { state: 'absent' };

/** What environments refer to; enough for plans without the language. */
export function referencesOf(form: NormalForm): readonly Ref[] {
  const targets = form.spec['targets'];
  return Array.isArray(targets) ? targets.map((name) => refOf('Target', String(name))) : [];
}

/** Nothing stands in the way of a resource. */
export const NO_CONTEXT: PlanContext = {
  zone: 'ae',
  isWholePlan: false,
  dependencies: [],
  dependenciesChangedAt: null,
  unsettledDependencies: [],
  liveDependents: [],
};
