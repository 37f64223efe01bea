import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { directionOf } from '../../../reconciler/core/plan/actions.ts';
import {
  checkBacklog,
  type EffectStep,
  openIntent,
  perform,
  record,
  toSucceeded,
} from '../../../reconciler/engine/effect-runner.ts';
import type { Plant } from './plant.ts';

/** Takes for granted that the effect will succeed. */
const assumeSuccess: EffectStep = async (deps, run) => {
  const { effect } = run.intent;
  const isRemoval = directionOf(effect.action) === 'remove';
  const live = isRemoval ? null : (effect.target as unknown as NormalForm);
  return record(deps, { ...run, result: toSucceeded(effect, live) });
};

export const outcomeFirst: Plant = {
  name: 'outcome-first',
  bug: 'the outcome of an effect is recorded before the effect happens',
  foundBy: ['I-26'],
  effectSteps: [checkBacklog, openIntent, assumeSuccess, perform],
};
