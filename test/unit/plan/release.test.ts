import { describe, expect, it } from 'vitest';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import { type NormalForm, toNormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { isAdmitted } from '../../../reconciler/core/plan/admit.ts';
import {
  NOTHING_RECORDED,
  type PlannerInput,
  type RecordedEffect,
} from '../../../reconciler/core/plan/planner.ts';
import { planRelease } from '../../../reconciler/core/plan/planners/release.ts';
import type { RolloutFacts } from '../../../reconciler/core/plan/planners/rollout.ts';
import { toRollbackTarget } from '../../../reconciler/core/release/rollout-targets.ts';
import { splitShares } from '../../../reconciler/core/release/shares.ts';
import { recordWeight, startRollout } from '../../../reconciler/core/rollout/rollout-position.ts';
import { toVersion } from '../../support/counter-samples.ts';
import { ABSENT, NO_CONTEXT, present } from './forms.ts';

const REF = { kind: 'Release', namespace: 'payments', name: 'fraud' };
const OLD = toVersion('a');
const NEW = toVersion('b');
const NOW = 1_000_000;

const toForm = (...versions: readonly { version: string; percent: number }[]) =>
  toNormalForm(REF, { endpoint: 'fraud', versions: [...versions] });
const STABLE = toForm({ version: OLD, percent: 100 });
const DESIRED = toForm({ version: NEW, percent: 100 });
const at = (percent: number) => toForm(...splitShares(OLD, NEW, percent));

const STEPS: RolloutFacts['steps'] = [
  { kind: 'setWeight', percent: 10 },
  { kind: 'setWeight', percent: 50 },
];

function toFacts(change: Partial<RolloutFacts> = {}) {
  const weight = { state: 'acknowledged' } as const;
  return { rollout: { steps: STEPS, position: null, weight, judgement: null, ...change } };
}

const BEGUN = startRollout(
  null,
  { release: digestJson(DESIRED), canary: NEW, stable: OLD },
  NOW - 1_000,
);
const AT_0 = recordWeight(BEGUN, 4);
const AT_10 = recordWeight({ ...AT_0, percent: 10, isWritten: false, step: 1 }, 5);

function recordedAs(live: NormalForm, change: Partial<RecordedEffect> = {}) {
  const targetDigest = digestJson(live);
  const last: RecordedEffect = {
    ...{ effectId: digestJson('effect'), action: 'shift', targetDigest, outcome: 'succeeded' },
    ...{ live, at: NOW - 1_000 },
    ...change,
  };
  return { terminalEffects: 3, failures: 0, last, achieved: last };
}

function plan(change: Partial<PlannerInput> = {}) {
  return planRelease({
    ...{ ref: REF, desired: DESIRED, observed: present(STABLE), facts: toFacts(), now: NOW },
    recorded: recordedAs(STABLE),
    context: NO_CONTEXT,
    ...change,
  });
}

const only = (result: ReturnType<typeof plan>) => {
  expect(result.effects).toHaveLength(1);
  const [effect] = result.effects;
  if (effect === undefined) throw new Error('no effect');
  return effect;
};

describe('the plan of a release that goes over by steps', () => {
  it('shows in a plan of everything where it leads', () => {
    const context = { ...NO_CONTEXT, isWholePlan: true };
    for (const facts of [toFacts(), toFacts({ position: AT_10 })]) {
      const effect = only(plan({ context, facts, observed: present(at(10)) }));
      expect(effect).toMatchObject({ action: 'update', targetDigest: digestJson(DESIRED) });
    }
  });

  it('is admitted step by step by what was judged, and by nothing else', () => {
    const effect = only(plan());
    expect(effect).toMatchObject({ action: 'shift', targetDigest: digestJson(at(0)) });
    const judged = { ref: REF, action: 'update', targetDigest: digestJson(DESIRED) };
    expect(isAdmitted(effect, [judged])).toBe(true);
    expect(isAdmitted(effect, [{ ...judged, targetDigest: digestJson(STABLE) }])).toBe(false);
    expect(isAdmitted(effect, [])).toBe(false);
  });

  it('moves up only when the nodes have confirmed the weight before', () => {
    const awaited = { state: 'awaited', nodes: ['serve-ae'] } as const;
    const waiting = {
      facts: toFacts({ position: AT_10, weight: awaited }),
      observed: present(at(10)),
    };
    expect(plan(waiting)).toMatchObject({
      effects: [],
      conditions: [{ reason: 'RollingOut', message: expect.stringContaining('serve-ae') }],
    });
    const heard = { facts: toFacts({ position: AT_10 }), observed: present(at(10)) };
    expect(only(plan(heard))).toMatchObject({ action: 'shift', target: at(50) });
  });

  it('waits for its endpoint with every step but the way back', () => {
    const context = { ...NO_CONTEXT, unsettledDependencies: [{ ...REF, kind: 'Endpoint' }] };
    expect(plan({ context })).toMatchObject({
      effects: [],
      conditions: [{ reason: 'WaitingForDependency' }],
    });
    const judgement = toBad();
    const facts = toFacts({ position: AT_10, judgement });
    const effect = only(plan({ context, facts, observed: present(at(10)) }));
    expect(effect).toMatchObject({ action: 'rollback', class: 'self-heal' });
    expect(isAdmitted(effect, [])).toBe(true);
  });

  it('goes back although the last attempt failed a moment ago', () => {
    const facts = toFacts({ position: AT_10, judgement: toBad() });
    const target = toRollbackTarget(REF, { desired: DESIRED, back: STABLE });
    const last = {
      action: 'rollback',
      targetDigest: digestJson(target),
      outcome: 'failed',
    } as const;
    const recorded = { ...recordedAs(at(10)), failures: 1, last: recordedAs(at(10), last).last };
    expect(only(plan({ facts, recorded, observed: present(at(10)) })).action).toBe('rollback');
  });

  it('does nothing with what was given up, whatever is known of it', () => {
    const target = toRollbackTarget(REF, { desired: DESIRED, back: STABLE });
    const given = { action: 'rollback', targetDigest: digestJson(target), summary: 'it fails' };
    const recorded = recordedAs(STABLE, given);
    const contexts = [NO_CONTEXT, { ...NO_CONTEXT, isWholePlan: true }];
    for (const context of contexts) {
      expect(plan({ recorded, facts: {}, context })).toMatchObject({
        effects: [],
        conditions: [{ reason: 'RolledBack', message: expect.stringContaining('it fails') }],
      });
    }
    const effect = only(plan({ recorded, facts: {}, observed: ABSENT }));
    expect(effect).toMatchObject({ action: 'rollback', class: 'self-heal', target });
    const ended = { ...AT_10, end: 'rolledBack' as const };
    const known = plan({ facts: toFacts({ position: ended }), context: contexts[1] ?? NO_CONTEXT });
    expect(known).toMatchObject({ effects: [], conditions: [{ reason: 'RolledBack' }] });
  });

  it('puts back what went astray before it goes on, but never what failed', () => {
    const paused: RolloutFacts['steps'] = [
      { kind: 'setWeight', percent: 10 },
      { kind: 'pause', durationMs: 60_000 },
    ];
    const recorded = recordedAs(at(10));
    const astray = { recorded, observed: ABSENT };
    const facts = toFacts({ steps: paused, position: AT_10 });
    expect(only(plan({ ...astray, facts }))).toMatchObject({ action: 'refresh', target: at(10) });
    const failing = toFacts({ steps: paused, position: AT_10, judgement: toBad() });
    expect(only(plan({ ...astray, facts: failing })).action).toBe('rollback');
  });

  it('asks a person at the deadline, and says how to answer', () => {
    const judgement = { ...toBad(), verdict: 'hold', reason: 'deadline', isOverdue: true } as const;
    const facts = toFacts({ position: AT_10, judgement });
    expect(plan({ facts, observed: present(at(10)) })).toMatchObject({
      effects: [],
      conditions: [
        { reason: 'AwaitingDecision', message: expect.stringContaining('revert the release') },
      ],
    });
  });

  it('gives a lasting share, and the first version, at once', () => {
    const shared = toForm({ version: OLD, percent: 60 }, { version: NEW, percent: 40 });
    expect(only(plan({ desired: shared }))).toMatchObject({ action: 'update', target: shared });
    const nothing = { observed: ABSENT, recorded: NOTHING_RECORDED };
    expect(only(plan(nothing))).toMatchObject({ action: 'create', target: DESIRED });
    expect(only(plan({ facts: { rollout: null } }))).toMatchObject({ action: 'update' });
  });
});

function toBad(): NonNullable<RolloutFacts['judgement']> {
  return {
    ...{ verdict: 'rollback', reason: 'guardrail-crossed', isOverdue: false },
    message: 'the canary fails more often',
  };
}
