import {
  checkBacklog,
  type EffectStep,
  perform,
  record,
} from '../../../reconciler/engine/effect-runner.ts';
import type { Plant } from './plant.ts';

/** The row is written only together with the outcome, so that a crash in between leaves no trace. */
const recordWithIntent: EffectStep = async (deps, run) => {
  await deps.store.journal.openIntent(run.fence, run.intent);
  return record(deps, run);
};

export const noIntentRow: Plant = {
  name: 'no-intent-row',
  bug: 'an effect starts before its intent is durable',
  foundBy: ['I-22'],
  effectSteps: [checkBacklog, perform, recordWithIntent],
};
