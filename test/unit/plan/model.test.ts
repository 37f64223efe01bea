import { describe, expect, it } from 'vitest';
import { type Digest, digestJson } from '../../../reconciler/core/contracts/digest.ts';
import type { EvaluationReport } from '../../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import { type NormalForm, toRef } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Effect } from '../../../reconciler/core/plan/effect.ts';
import {
  NOTHING_RECORDED,
  type PlanContext,
  type Recorded,
} from '../../../reconciler/core/plan/planner.ts';
import { type ModelFacts, planModel } from '../../../reconciler/core/plan/planners/model.ts';
import { toPlacementDigest } from '../../../reconciler/core/training/model-placement.ts';
import { toModelDigest } from '../../../reconciler/core/training/model-projection.ts';
import { modelForm, trainingOf } from '../training/model-forms.ts';
import { NO_CONTEXT, present } from './forms.ts';

const NOW = 1_000_000;
const FORM = modelForm();

type Run = NonNullable<ModelFacts['run']>;

function toRun(state: Run['state'], change: Partial<Run> = {}): Run {
  const what = 'its run is somewhere';
  return {
    ...{ modelDigest: toModelDigest(FORM), placementDigest: toPlacementDigest(FORM) },
    ...{ state, what, evaluation: null, isOutdated: false, ...change },
  };
}

function toReport(lower: number, upper: number): EvaluationReport {
  const interval = { lower, upper, method: 'delong', level: 0.95 } as const;
  const value = (lower + upper) / 2;
  return {
    v: 1,
    runKey: toModelDigest(FORM),
    rows: { train: 100, validation: 50, test: 50 },
    metrics: [{ name: 'auc', slice: null, value, rows: 50, interval }],
    agreement: { rows: 50, largestDifference: 0, trainerAuc: value, ourAuc: value },
    probe: { loadMs: 1, singleRowMs: 0.1 },
  };
}

describe('a regression', () => {
  it('is told not to be trained, and nothing is done', () => {
    const desired = { ...FORM, spec: { ...FORM.spec, task: 'regression' } };
    const { effects, conditions } = plan({ desired });
    expect(effects).toEqual([]);
    expect(conditions).toMatchObject([{ type: 'Ready', status: 'False', reason: 'NotTrained' }]);
  });
});

function plan(input: {
  desired?: NormalForm | null;
  live?: NormalForm | null;
  run?: Run | null;
  recorded?: Recorded;
  context?: Partial<PlanContext>;
}) {
  const { desired = FORM, live = null } = input;
  return planModel({
    ref: toRef(FORM),
    desired,
    observed: live === null ? { state: 'absent' } : present(live),
    facts: { run: input.run ?? null },
    recorded: input.recorded ?? NOTHING_RECORDED,
    now: NOW,
    context: { ...NO_CONTEXT, ...input.context },
  });
}

function failedWith(targetDigest: Digest, at = NOW - 1_000): Recorded {
  const effectId = digestJson({ some: 'effect' });
  const last = {
    effectId,
    action: 'publish',
    targetDigest,
    outcome: 'failed' as const,
    live: null,
    at,
  };
  return { terminalEffects: 2, failures: 0, last, achieved: null };
}

function achievedOf(form: NormalForm): Recorded {
  const effectId = digestJson({ some: 'effect' });
  const targetDigest = digestJson(form);
  const last = {
    effectId,
    action: 'publish',
    targetDigest,
    outcome: 'succeeded' as const,
    live: form,
    at: 0,
  };
  return { terminalEffects: 2, failures: 0, last, achieved: last };
}

const actionsOf = (effects: readonly Effect[]) => effects.map(({ action }) => action);

describe('planning a model', () => {
  it('trains and then publishes what was never trained, training first', () => {
    expect(actionsOf(plan({}).effects)).toEqual(['train', 'publish']);
  });

  it('never takes a started run for a published version', () => {
    const [train, publish] = plan({}).effects;
    expect(train?.targetDigest).not.toBe(digestJson(FORM));
    expect(publish?.targetDigest).toBe(digestJson(FORM));
  });

  it('waits for what it is made from', () => {
    const dependency = { kind: 'DataSource', namespace: 'payments', name: 'transactions' };
    const { effects, conditions } = plan({ context: { unsettledDependencies: [dependency] } });
    expect(effects).toEqual([]);
    expect(conditions).toMatchObject([{ reason: 'WaitingForDependency' }]);
  });

  it.each(['queued', 'running'] as const)('looks again soon while its run is %s', (state) => {
    const { effects, waiting, conditions } = plan({ run: toRun(state) });
    expect(effects).toEqual([]);
    expect(waiting[0]?.until).toBeGreaterThan(NOW);
    expect(conditions).toMatchObject([{ type: 'Progressing', status: 'True' }]);
  });

  it.each(['succeeded', 'failed'] as const)('records what came of a run that has %s', (state) => {
    expect(actionsOf(plan({ run: toRun(state) }).effects)).toEqual(['publish']);
  });

  it('starts another run when the definition is not the one of the run', () => {
    const desired = modelForm(trainingOf({ seed: 8 }));
    const { effects } = plan({ desired, live: FORM, run: toRun('succeeded') });
    expect(actionsOf(effects)).toEqual(['train', 'publish']);
  });

  it('rests when the version stands, also without its run', () => {
    const { effects, conditions } = plan({ live: FORM, recorded: achievedOf(FORM) });
    expect(effects).toEqual([]);
    expect(conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
  });

  it.each([
    ['its run is still there', toRun('succeeded')],
    ['its run was forgotten', toRun('absent')],
    ['only the ledger is known', null],
  ])('judges by a changed gate without a run when %s', (_what, run) => {
    const desired = modelForm({ gates: [{ metric: 'auc', minimum: 0.9 }] });
    const { effects } = plan({ desired, live: FORM, run, recorded: achievedOf(FORM) });
    expect(effects).toMatchObject([{ action: 'publish', reason: /no run is needed/ }]);
  });

  it('says for good which gate was not passed, and starts nothing', () => {
    const run = toRun('succeeded', { evaluation: toReport(0.6, 0.7) });
    const recorded = failedWith(digestJson(FORM), 0);
    const { effects, waiting, conditions } = plan({ run, recorded });
    expect({ effects, waiting }).toEqual({ effects: [], waiting: [] });
    expect(conditions).toMatchObject([{ reason: 'GateNotPassed' }]);
    expect(conditions[0]?.message).toContain('below 0.8');
  });

  it('says for good why a run failed, and starts nothing', () => {
    const run = toRun('failed', { what: 'its run failed in train: bad parameters' });
    const { effects, waiting, conditions } = plan({
      run,
      recorded: failedWith(digestJson(FORM), 0),
    });
    expect({ effects, waiting }).toEqual({ effects: [], waiting: [] });
    expect(conditions).toMatchObject([{ reason: 'RunFailed', message: run.what }]);
  });

  it('tries a publication again that failed for another reason', () => {
    const run = toRun('succeeded', { evaluation: toReport(0.85, 0.95) });
    const soon = plan({ run, recorded: failedWith(digestJson(FORM)) });
    expect(soon.effects).toEqual([]);
    expect(soon.conditions).toMatchObject([{ reason: 'EffectFailed' }]);
    const later = plan({ run, recorded: failedWith(digestJson(FORM), NOW - 3_600_000) });
    expect(actionsOf(later.effects)).toEqual(['publish']);
  });

  it('starts a run again after its definition has changed', () => {
    const desired = modelForm(trainingOf({ parameters: { num_leaves: 15 } }));
    const { effects } = plan({
      desired,
      run: toRun('failed'),
      recorded: failedWith(digestJson(FORM)),
    });
    expect(actionsOf(effects)).toEqual(['train', 'publish']);
  });

  it.each([
    ['it was cancelled or its data has changed', { isOutdated: true }, FORM],
    ['it may take longer now', {}, modelForm(trainingOf({ maxRuntime: '2h' }))],
    ['it may be tried more often now', {}, modelForm(trainingOf({ retries: 3 }))],
    ['it goes to another pool', {}, modelForm(trainingOf({ pool: 'large' }))],
  ])('starts a failed run again when %s', (_what, change, desired) => {
    const recorded = failedWith(digestJson(FORM), 0);
    const { effects } = plan({ desired, run: toRun('failed', change), recorded });
    expect(actionsOf(effects)).toEqual(['train', 'publish']);
  });

  it('says when its version was trained on another definition of a view', () => {
    const { conditions } = planModel({
      ref: toRef(FORM),
      desired: FORM,
      observed: present(FORM),
      facts: { run: null, changedViews: ['payments/customer-activity'] },
      recorded: achievedOf(FORM),
      now: NOW,
      context: NO_CONTEXT,
    });
    expect(conditions).toMatchObject([
      { type: 'Ready', status: 'True', reason: 'TrainedOnOlderFeatures' },
    ]);
  });

  it('retires what left Git before it had a version', () => {
    const { effects } = plan({ desired: null, run: toRun('running') });
    expect(effects).toMatchObject([{ action: 'retire', class: 'admitted' }]);
  });

  it('retires what left Git, and keeps its versions', () => {
    const { effects } = plan({ desired: null, live: FORM, recorded: achievedOf(FORM) });
    expect(effects).toMatchObject([{ action: 'retire', reason: 'left Git: its versions stay' }]);
  });

  it('does nothing on an unknown read', () => {
    const { effects } = planModel({
      ref: toRef(FORM),
      desired: FORM,
      observed: { state: 'unknown', why: 'no answer' },
      facts: {},
      recorded: NOTHING_RECORDED,
      now: NOW,
      context: NO_CONTEXT,
    });
    expect(effects).toEqual([]);
  });
});
