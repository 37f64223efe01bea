import { type Ref, toRefKey, toRefTitle } from '../contracts/ref.ts';
import { directionOf } from './actions.ts';
import type { Admission, Refusal } from './admission.ts';
import type { Effect } from './effect.ts';
import type { ZonePlan } from './zone-plan.ts';

export type PlanView = {
  readonly plan: ZonePlan;
  readonly admission: Admission;
  readonly warnings: readonly string[];
  readonly held: readonly HeldResource[];
  /** Where the observed state came from, in words. */
  readonly observedFrom: string;
};

/** What is not as the revision says, because something is invalid. */
export type HeldResource = {
  readonly ref: Ref;
  readonly why: string;
  /** What is not there yet cannot stay as it was. */
  readonly isLive: boolean;
};

const GLYPHS: Readonly<Record<string, string>> = {
  create: '+',
  update: '~',
  refresh: '~',
  train: '*',
  publish: '^',
};

/** A plan for a person at a terminal: what would happen, why, and what is refused. */
export function renderPlanText(view: PlanView): string {
  const { plan, admission } = view;
  const refusals = new Map(admission.refusals.map((refusal) => [toRefKey(refusal.ref), refusal]));
  const lines = plan.effects.flatMap((effect) =>
    renderEffect(effect, refusals.get(toRefKey(effect.ref)) ?? null),
  );
  const held = view.held.map(
    ({ ref, why, isLive }) =>
      `  = ${toRefTitle(ref)} ${isLive ? 'stays as it was' : 'is not made yet'}: ${why}`,
  );
  const unknown = listUnknown(plan);
  const warnings = view.warnings.map((warning) => `  ! ${warning}`);
  const body = [...lines, ...held, ...unknown, ...warnings];
  const head = `zone ${plan.zone}: ${summarise(plan, admission)} (${view.observedFrom})`;
  return [head, ...body].join('\n');
}

function renderEffect(effect: Effect, refusal: Refusal | null): readonly string[] {
  const glyph = refusal !== null ? 'x' : (GLYPHS[effect.action] ?? '-');
  const cause = effect.class === 'self-heal' ? 'restores what diverged' : effect.action;
  const line = `  ${glyph} ${toRefTitle(effect.ref)}: ${effect.reason} [${cause}]`;
  return refusal === null ? [line] : [line, `      refused: ${refusal.code} ${refusal.message}`];
}

function listUnknown(plan: ZonePlan): readonly string[] {
  return plan.conditions.flatMap(({ ref, conditions }) =>
    conditions
      .filter((condition) => condition.status === 'Unknown')
      .map((condition) => `  ? ${toRefTitle(ref)}: ${condition.message}`),
  );
}

function summarise(plan: ZonePlan, admission: Admission): string {
  if (plan.effects.length === 0) return 'nothing to do';
  const count = (isWanted: (effect: Effect) => boolean) => plan.effects.filter(isWanted).length;
  const parts = [
    `${count((effect) => effect.action === 'create')} to create`,
    `${count((effect) => effect.action === 'update')} to update`,
    `${count((effect) => directionOf(effect.action) === 'remove')} to remove`,
  ];
  for (const action of ['refresh', 'train', 'publish']) {
    const number = count((effect) => effect.action === action);
    if (number > 0) parts.push(`${number} to ${action}`);
  }
  if (admission.refusals.length > 0) parts.push(`${admission.refusals.length} refused`);
  return parts.join(', ');
}
