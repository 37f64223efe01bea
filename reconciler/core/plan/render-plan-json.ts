import type { Json } from '../contracts/json.ts';
import { toRefKey } from '../contracts/ref.ts';
import type { PlanView } from './render-plan-text.ts';
import { digestPlan } from './zone-plan.ts';

/** A plan for machines. `version` grows when a reader of the older shape would be misled. */
export function renderPlanJson(view: PlanView): Json {
  const { plan, admission } = view;
  return {
    version: 1,
    zone: plan.zone,
    revision: admission.revision,
    planDigest: digestPlan(plan),
    policyDigest: admission.policyDigest,
    observedFrom: view.observedFrom,
    effects: plan.effects.map((effect) => ({
      resource: toRefKey(effect.ref),
      action: effect.action,
      class: effect.class,
      reason: effect.reason,
      risk: effect.risk,
      target: effect.target,
      targetDigest: effect.targetDigest,
      dependsOn: [...effect.dependsOn],
    })),
    refusals: admission.refusals.map((refusal) => ({
      resource: toRefKey(refusal.ref),
      action: refusal.action,
      code: refusal.code,
      message: refusal.message,
    })),
    heldBack: [...admission.heldBack],
    warnings: [...view.warnings],
  };
}
