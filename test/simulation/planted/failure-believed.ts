import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import {
  checkBacklog,
  type EffectStep,
  openIntent,
  record,
  toSucceeded,
} from '../../../reconciler/engine/effect-runner.ts';
import { handlerOf } from '../../../reconciler/engine/kind-lookup.ts';
import type { Plant } from './plant.ts';

/** An error is taken to mean that nothing happened; the world is not asked. */
const performOnce: EffectStep = async (deps, run) => {
  const { effect } = run.intent;
  try {
    const cause = { revision: run.intent.revision };
    const { live } = await handlerOf(deps.kinds, effect.ref.kind).perform(effect, run.fence, cause);
    return { ...run, result: toSucceeded(effect, live) };
  } catch (error) {
    if (isCodedError(error, 'P403')) throw error;
    return { ...run, result: { outcome: 'failed', live: null, inputs: {}, summary: 'it failed' } };
  }
};

export const failureBelieved: Plant = {
  name: 'failure-believed',
  bug: 'an effect whose answer was lost is recorded as failed',
  foundBy: ['I-26'],
  effectSteps: [checkBacklog, openIntent, performOnce, record],
};
