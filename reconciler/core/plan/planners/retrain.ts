import { digestJson } from '../../contracts/digest.ts';
import { toEffectId } from '../effect-id.ts';
import type { PlannerInput, PlannerResult } from '../planner.ts';

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
  if (facts === null || input.desired === null || input.context.isWholePlan) return null;
  switch (facts.state) {
    case 'due': {
      const reason = `trains on data up to ${facts.asOf}, since live data drifted: ${facts.why}`;
      return offer(input, 'retrain', reason);
    }
    case 'over':
      return offer(input, 'conclude', `judges its retraining, the run ${facts.run}`);
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
function offer(input: PlannerInput, action: string, reason: string): PlannerResult {
  const { ref, desired, recorded } = input;
  if (desired === null) throw new Error('only what is desired is retrained');
  const identity = { ref, action, targetDigest: digestJson(desired) };
  const effect = {
    id: toEffectId({ ...identity, occurrence: recorded.terminalEffects }),
    ...identity,
    ...({ target: desired, class: 'self-heal', risk: 'low' } as const),
    reason,
    ...{ dependsOn: [], approvals: [] },
  };
  return { ...rest(input, 'Retraining', reason), effects: [effect] };
}

function rest({ now }: PlannerInput, reason: string, message: string): PlannerResult {
  const waiting = [{ on: 'its retraining', until: now + LOOK_AGAIN_MS }];
  const condition = { type: 'Ready', status: 'True', reason, message } as const;
  return { effects: [], waiting, conditions: [condition] };
}
