import type { OutcomeWord, RecordDraft } from '../../reconciler/core/audit/record.ts';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import { toRfc3339 } from '../../reconciler/core/contracts/instant.ts';
import { type NormalForm, toNormalForm } from '../../reconciler/core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../../reconciler/core/contracts/ref.ts';
import type { Admission } from '../../reconciler/core/plan/admission.ts';
import { toEffectId } from '../../reconciler/core/plan/effect-id.ts';
import type { Intent, TerminalOutcome } from '../../reconciler/ports/store.ts';

const REVISION = 'a'.repeat(40);
export const COMMIT = 'c'.repeat(40);
const STARTED_AT = Date.UTC(2026, 0, 1);

export function toTargetRef(name: string): Ref {
  return { kind: 'Target', namespace: PLATFORM_NAMESPACE, name };
}

/** Holds what a store could easily alter: key order, odd numbers, escapes, empty values. */
export function makeForm(name: string, variant: number): NormalForm {
  return toNormalForm(toTargetRef(name), {
    zone: 'ae',
    executor: 'process',
    variant,
    b: { z: 1, a: [1.5, 1e21, 1e-7, -3, 9007199254740991] },
    text: `λ "quoted" \\ \u0000 \u2028 ${variant}`,
    empty: { object: {}, list: [], nothing: null, no: false },
  });
}

/** The occurrence makes the id: the same name and occurrence are the same effect. */
export function makeIntent(name: string, occurrence: number): Intent {
  const ref = toTargetRef(name);
  const target = makeForm(name, occurrence);
  const targetDigest = digestJson(target);
  const action = occurrence === 0 ? 'create' : 'update';
  return {
    effect: {
      id: toEffectId({ ref, action, targetDigest, occurrence }),
      ref,
      action,
      target,
      targetDigest,
      class: 'admitted',
      reason: `${action} "it" \u0000`,
      dependsOn: [digestJson('another')],
      cost: { amount: 0.64, currency: 'USD', per: 'run' },
      risk: 'low',
      approvals: [{ role: 'owner', reason: 'it costs' }],
    },
    admissionSequence: 1,
    revision: REVISION,
    planDigest: digestJson('plan'),
    policyDigest: digestJson('policy'),
  };
}

export function makeOutcome(
  intent: Intent,
  options: { readonly outcome?: OutcomeWord; readonly epoch?: number; readonly atMs?: number } = {},
): TerminalOutcome {
  const { effect } = intent;
  const outcome = options.outcome ?? 'succeeded';
  const draft: RecordDraft = {
    zone: 'ae',
    effectId: effect.id,
    ref: effect.ref,
    action: effect.action,
    outcome,
    cause: {
      revision: intent.revision,
      pull: '7',
      approvals: [{ by: 'reviewer', digest: digestJson('approval') }],
      planDigest: intent.planDigest,
    },
    inputs: { desired: effect.targetDigest },
    policyDigest: intent.policyDigest,
    evidence: {},
    at: toRfc3339(STARTED_AT + (options.atMs ?? 0)),
    actor: 'plumbline',
    epoch: options.epoch ?? 1,
  };
  const live = outcome === 'succeeded' ? (effect.target as NormalForm) : null;
  return { draft, live, summary: `${outcome}: "said" \u0000 it` };
}

export const toOutcomeInstant = (atMs: number): number => STARTED_AT + atMs;

export function makeAdmission(sequence: number, desired: readonly NormalForm[]): Admission {
  return {
    sequence,
    revision: REVISION,
    planDigest: digestJson(sequence),
    policyDigest: digestJson('policy'),
    desired,
    heldBack: ['Target/platform/held'],
    effects: desired.map((form) => ({
      ref: toTargetRef(form.metadata.name),
      action: 'create',
      targetDigest: digestJson(form),
    })),
    rules: {
      deletionCapPercent: 20,
      policies: ['safety'],
      requireSignedCommits: true,
      allowedSigners: 'people/allowed_signers',
    },
    removals: { refs: ['Target/platform/refused'], liveCount: 7, allowed: 0 },
    refusals: [
      { ref: toTargetRef('refused'), action: 'delete', code: 'P302', message: 'too "many" \u0000' },
    ],
  };
}
