import type { NormalForm } from '../../contracts/normal-form.ts';
import type { PlannerInput, PlannerResult } from '../planner.ts';
import { toEffect } from '../to-effect.ts';

/** Whether live data asks for another training of a model that is as its definition says. */
export type RetrainFacts =
  | { readonly state: 'due'; readonly asOf: string; readonly why: string }
  /** The same rows would give the same model. */
  | { readonly state: 'no-newer-data' }
  | { readonly state: 'running'; readonly run: string }
  | { readonly state: 'over'; readonly run: string };

const LOOK_AGAIN_MS = 1_000;

/**
 * What `retrain` in a reviewed definition gives leave for: a run, and a version that people are
 * asked for. What is live stays as it is. Null when there is nothing to say.
 */
export function planRetraining(
  input: PlannerInput,
  facts: RetrainFacts | null,
): PlannerResult | null {
  const { desired, context } = input;
  if (facts === null || desired === null || context.isWholePlan) return null;
  switch (facts.state) {
    case 'due': {
      const reason = `trains on data up to ${facts.asOf}, since live data drifted: ${facts.why}`;
      return offer(input, desired, 'retrain', reason);
    }
    case 'over':
      return offer(input, desired, 'conclude', `judges its retraining, the run ${facts.run}`);
    case 'running':
      return rest(input, 'Retraining', `its retraining, the run ${facts.run}, goes on`);
    case 'no-newer-data':
      return rest(
        input,
        'DriftedWithoutNewerData',
        'live data drifted, and there is no newer data to learn from',
      );
  }
}

/** Its target is the definition that is live: it changes nothing of it. */
function offer(
  input: PlannerInput,
  target: NormalForm,
  action: string,
  reason: string,
): PlannerResult {
  const effect = toEffect(input, { action, target, reason, class: 'self-heal', risk: 'low' });
  return { ...rest(input, 'Retraining', reason), effects: [effect] };
}

function rest({ now }: PlannerInput, reason: string, message: string): PlannerResult {
  const waiting = [{ on: 'its retraining', until: now + LOOK_AGAIN_MS }];
  const condition = { type: 'Ready', status: 'True', reason, message } as const;
  return { effects: [], waiting, conditions: [condition] };
}
