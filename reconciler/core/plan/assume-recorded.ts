import { digestJson } from '../contracts/digest.ts';
import type { Instant } from '../contracts/instant.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toRef } from '../contracts/normal-form.ts';
import { toEffectId } from './effect-id.ts';
import type { Recorded } from './planner.ts';

/**
 * What the journal must hold when the ledger says that this form is live. A preview that has only
 * the ledger plans with it; effect ids of such a plan are provisional, since occurrences are not
 * counted.
 */
export function assumeRecorded(live: NormalForm, at: Instant): Recorded {
  const targetDigest = digestJson(live);
  const action = 'create';
  const effectId = toEffectId({ ref: toRef(live), action, targetDigest, occurrence: 0 });
  const last = { effectId, action, targetDigest, outcome: 'succeeded' as const, live, at };
  return { terminalEffects: 1, failures: 0, last, achieved: last };
}
