import { digestJson } from '../../contracts/digest.ts';
import type { EvaluationReport } from '../../contracts/generated/evaluation-report.generated.ts';
import { type NormalForm, toNormalForm } from '../../contracts/normal-form.ts';
import { judgeGates } from '../../evaluation/judge-gates.ts';
import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { toPlacementDigest } from '../../training/model-placement.ts';
import { toModelDigest } from '../../training/model-projection.ts';
import { toGates } from '../../training/to-gates.ts';
import { describeChanges } from '../describe-changes.ts';
import type { Effect } from '../effect.ts';
import {
  CONVERGED,
  type ConvergenceWords,
  planConvergence,
  stallAfterFailure,
  waitFor,
} from '../plan-convergence.ts';
import type { Planner, PlannerInput, PlannerResult } from '../planner.ts';
import { toEffect } from '../to-effect.ts';
import { toRetirement } from './removal-words.ts';
import { planRetraining, type RetrainFacts } from './retrain.ts';

/** The run that was started last for a model, as it is now. */
export type ModelFacts = {
  readonly run: {
    /** The definition that it was started for. */
    readonly modelDigest: string;
    readonly state: 'absent' | 'queued' | 'running' | 'succeeded' | 'failed';
    /** Where it is, or why it failed. */
    readonly what: string;
    /** What was measured; null until it has succeeded. */
    readonly evaluation: EvaluationReport | null;
    /** Where and within which limits it was started. */
    readonly placementDigest: string;
    /** Whether it failed for something that is no longer so: other data, a cancellation. */
    readonly isOutdated: boolean;
  } | null;
  /** Views whose definition is no longer the one that the published version was trained on. */
  readonly changedViews: readonly string[];
  readonly retrain: RetrainFacts | null;
};

/** How soon a run is looked at again. */
const LOOK_AGAIN_MS = 1_000;
const LOOK_FOR_ALARM_MS = 2_000;

/**
 * A model converges in two effects. `train` starts a run, which goes on for as long as it takes;
 * `publish` makes its result a version, if it passes the gates. What a run does not depend on, such
 * as a gate, changes without one.
 */
export const planModel: Planner = (input) => {
  const { desired, observed } = input;
  const live = observed.state === 'present' ? observed.value : null;
  if (observed.state === 'unknown' || isSame(live, desired)) return planConvergence(input, WORDS);
  if (desired !== null && !isTrained(desired)) return NOT_TRAINED;
  if (desired !== null) return planRun(input, desired, live);
  return live === null && hasRun(input) ? abandonRun(input) : planConvergence(input, WORDS);
};

function hasRun({ facts }: PlannerInput): boolean {
  return ((facts as Partial<ModelFacts>).run ?? null) !== null;
}

function isTrained(desired: NormalForm): boolean {
  return toTypedSpec(desired, 'Model').task === 'binary-classification';
}

/** Its definition is judged with everything else; there is no trainer for it yet. */
const NOT_TRAINED: PlannerResult = {
  effects: [],
  waiting: [{ on: 'a version of Plumbline that trains regressions', until: null }],
  conditions: [
    {
      type: 'Ready',
      status: 'False',
      reason: 'NotTrained',
      message: 'this version trains no regression',
    },
  ],
};

/** Nothing of it is live yet, but it was begun, so there is something to take away. */
function abandonRun(input: PlannerInput): PlannerResult {
  const reason = 'left Git before it had a version: its run is stopped';
  const target = toNormalForm(input.ref, {});
  const words = { action: 'retire', target, reason, risk: 'low' } as const;
  return offer([toEffect(input, { ...words, class: 'admitted' })]);
}

const WORDS: ConvergenceWords = {
  describe: () => {
    throw new Error('a model that differs is trained or published');
  },
  removal: toRetirement('its versions stay'),
  settle: (input) => {
    const { desired, facts } = input;
    const { changedViews = [], retrain = null } = facts as Partial<ModelFacts>;
    if (desired === null) return null;
    const retraining = planRetraining(input, retrain);
    if (retraining !== null) return retraining;
    if (changedViews.length === 0) return awaitDrift(input);
    const message =
      `its version was trained on an older definition of ${changedViews.join(', ')} and is served ` +
      'by it; a training takes the newer one, move asOf or change the seed for that';
    const reason = 'TrainedOnOlderFeatures';
    const condition: Condition = { type: 'Ready', status: 'True', reason, message };
    return { effects: [], waiting: [], conditions: [condition] };
  },
};

/** Nobody tells a model of an alarm, so that one that may be retrained is looked at. */
function awaitDrift({ desired, now }: PlannerInput): PlannerResult | null {
  if (desired === null || toTypedSpec(desired, 'Model').retrain === undefined) return null;
  const waiting = [{ on: 'an alarm', until: now + LOOK_FOR_ALARM_MS }];
  return { effects: [], waiting, conditions: [CONVERGED] };
}

function isSame(live: NormalForm | null, desired: NormalForm | null): boolean {
  return live !== null && desired !== null && digestJson(live) === digestJson(desired);
}

function isTrainedAlike(live: NormalForm | null, desired: NormalForm): boolean {
  return live !== null && toModelDigest(live) === toModelDigest(desired);
}

function planRun(input: PlannerInput, desired: NormalForm, live: NormalForm | null): PlannerResult {
  const isAlike = isTrainedAlike(live, desired);
  const train = toTrain(input, desired, live);
  const publish = toPublish(input, desired, isAlike ? live : null);
  const pending = waitFor(input.context.unsettledDependencies);
  if (pending !== null) return pending;
  const { run = null } = input.facts as Partial<ModelFacts>;
  if (run === null || run.state === 'absent' || run.modelDigest !== toModelDigest(desired)) {
    if (isAlike) return stallAfterFailure(input, publish.targetDigest) ?? offer([publish]);
    return stallAfterFailure(input, train.targetDigest) ?? offer([train, publish]);
  }
  if (run.state === 'failed' && mayFareBetter(run, desired)) {
    return stallAfterFailure(input, train.targetDigest) ?? offer([train, publish]);
  }
  if (run.state === 'queued' || run.state === 'running') {
    const reason = run.state === 'queued' ? 'Queued' : 'Training';
    const waiting = [{ on: 'its run', until: input.now + LOOK_AGAIN_MS }];
    return { effects: [], waiting, conditions: [progressing(reason, run.what)] };
  }
  return (
    stallForGood(input, publish, desired, run) ??
    stallAfterFailure(input, publish.targetDigest) ??
    offer([publish])
  );
}

/** The same run is not tried again, unless what it may have failed for is not as it was. */
function mayFareBetter(run: NonNullable<ModelFacts['run']>, desired: NormalForm): boolean {
  return run.isOutdated || run.placementDigest !== toPlacementDigest(desired);
}

function offer(effects: readonly Effect[]): PlannerResult {
  const reason = effects[0]?.reason ?? '';
  return { effects, waiting: [], conditions: [progressing('EffectPlanned', reason)] };
}

/** Its target is the whole definition under another name, so that it never passes for published. */
function toTrain(input: PlannerInput, desired: NormalForm, live: NormalForm | null): Effect {
  const target = toNormalForm(input.ref, { train: desired.spec });
  const { trainer, window } = toTypedSpec(desired, 'Model').training;
  const what = `trains with ${trainer} on data up to ${window.asOf}`;
  const changes = live === null ? '' : describeChanges(live.spec, desired.spec);
  const reason = changes === '' ? what : `${what}: ${changes}`;
  return toEffect(input, { action: 'train', target, reason, class: 'admitted', risk: 'low' });
}

/** `judged` is the form that is live, when nothing but its judgement differs. */
function toPublish(input: PlannerInput, desired: NormalForm, judged: NormalForm | null): Effect {
  const changes = judged === null ? '' : describeChanges(judged.spec, desired.spec);
  const reason =
    judged === null
      ? 'makes its run a version, if it passes the gates'
      : `judges the version it has by its new definition (${changes}); no run is needed`;
  const words = { action: 'publish', target: desired, reason, risk: 'none' } as const;
  return toEffect(input, { ...words, class: 'admitted' });
}

function hasFailed({ recorded: { last } }: PlannerInput, effect: Effect): boolean {
  return last?.outcome === 'failed' && last.targetDigest === effect.targetDigest;
}

/** A run that failed, or a gate that is not passed, stays so until the definition changes. */
function stallForGood(
  input: PlannerInput,
  publish: Effect,
  desired: NormalForm,
  { state, what, evaluation }: NonNullable<ModelFacts['run']>,
): PlannerResult | null {
  if (!hasFailed(input, publish)) return null;
  if (state === 'failed') return stalled('RunFailed', what);
  const judged = evaluation === null ? null : judgeGates(toGates(desired), evaluation);
  if (judged === null || judged.isPassed) return null;
  const missed = judged.verdicts.filter(({ verdict }) => verdict !== 'pass');
  return stalled('GateNotPassed', missed.map(({ why }) => why).join('; '));
}

function stalled(reason: string, message: string): PlannerResult {
  const condition: Condition = { type: 'Stalled', status: 'True', reason, message };
  return { effects: [], waiting: [], conditions: [condition] };
}

function progressing(reason: string, message: string): Condition {
  return { type: 'Progressing', status: 'True', reason, message };
}
