import { describe, expect, it } from 'vitest';
import { digestJson } from '../../../reconciler/core/contracts/digest.ts';
import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';
import { toRef } from '../../../reconciler/core/contracts/normal-form.ts';
import type { Read } from '../../../reconciler/core/contracts/read.ts';
import {
  FIRST_RETRY_AFTER_MS,
  MAX_RETRY_AFTER_MS,
} from '../../../reconciler/core/plan/plan-convergence.ts';
import {
  NOTHING_RECORDED,
  type PlanContext,
  type Recorded,
} from '../../../reconciler/core/plan/planner.ts';
import { planTarget } from '../../../reconciler/core/plan/planners/target.ts';
import { ABSENT, NO_CONTEXT, present, refOf, targetForm } from './forms.ts';

const NOW = 1_800_000_000_000;

function recordedAs(
  form: NormalForm,
  change: Partial<NonNullable<Recorded['last']>> = {},
): Recorded {
  const last = {
    effectId: digestJson('earlier'),
    action: 'create',
    targetDigest: digestJson(form),
    outcome: 'succeeded' as const,
    live: form,
    at: NOW - 1000,
    ...change,
  };
  return {
    terminalEffects: 1,
    failures: 0,
    last,
    achieved: last.outcome === 'succeeded' ? last : null,
  };
}

function plan(input: {
  desired: NormalForm | null;
  observed: Read<NormalForm>;
  recorded?: Recorded;
  context?: Partial<PlanContext>;
  now?: number;
}) {
  return planTarget({
    ref: input.desired === null ? refOf('Target', 'laptop') : toRef(input.desired),
    desired: input.desired,
    observed: input.observed,
    facts: {},
    recorded: input.recorded ?? NOTHING_RECORDED,
    now: input.now ?? NOW,
    context: { ...NO_CONTEXT, ...input.context },
  });
}

describe('planning a resource that is one normal form', () => {
  it('creates what is absent, and says what it will offer', () => {
    const { effects } = plan({ desired: targetForm('laptop', 2), observed: ABSENT });
    expect(effects).toMatchObject([
      { action: 'create', class: 'admitted', reason: 'offers 2 cpu slots in cpu', risk: 'none' },
    ]);
  });

  it('updates what differs, and says what it was', () => {
    const { effects } = plan({
      desired: targetForm('laptop', 3),
      observed: present(targetForm('laptop', 1)),
    });
    expect(effects).toMatchObject([
      { action: 'update', reason: 'offers 3 cpu slots in cpu, was 1' },
    ]);
  });

  it('does nothing when live equals desired', () => {
    const form = targetForm('laptop', 2);
    const result = plan({ desired: form, observed: present(form), recorded: recordedAs(form) });
    expect(result.effects).toEqual([]);
    expect(result.conditions).toMatchObject([{ type: 'Ready', status: 'True' }]);
  });

  it.each([targetForm('laptop', 2), null])('does nothing at all on an unknown read', (desired) => {
    const result = plan({
      desired,
      observed: { state: 'unknown', why: 'the disk does not answer' },
      recorded: recordedAs(targetForm('laptop', 2)),
    });
    expect(result.effects).toEqual([]);
    expect(result.conditions).toMatchObject([
      { status: 'Unknown', message: 'the disk does not answer' },
    ]);
  });

  it.each([
    ['Retain', 'retire'],
    ['Orphan', 'orphan'],
    ['Delete', 'delete'],
  ])('removes under the deletion policy %s by %s', (policy, action) => {
    const live = targetForm('laptop', 2, policy);
    const result = plan({ desired: null, observed: present(live), recorded: recordedAs(live) });
    expect(result.effects).toMatchObject([{ action, class: 'admitted', risk: 'high' }]);
  });

  it('leaves alone what nothing recorded says that it made', () => {
    const result = plan({ desired: null, observed: present(targetForm('laptop', 2)) });
    expect(result.effects).toEqual([]);
    expect(result.conditions).toMatchObject([{ reason: 'Unmanaged' }]);
  });

  it('records what came to be as desired without us, so that what refers to it can go on', () => {
    const form = targetForm('laptop', 2);
    for (const recorded of [NOTHING_RECORDED, recordedAs(targetForm('laptop', 3))]) {
      const { effects } = plan({ desired: form, observed: present(form), recorded });
      expect(effects).toMatchObject([
        { action: 'update', class: 'admitted', targetDigest: digestJson(form), risk: 'none' },
      ]);
      expect(effects[0]?.reason).toContain('already');
    }
  });

  it('records what went away without us, so that what it refers to can go as well', () => {
    const recorded = recordedAs(targetForm('laptop', 2));
    const { effects } = plan({ desired: null, observed: ABSENT, recorded });
    expect(effects).toMatchObject([{ action: 'delete', class: 'admitted', risk: 'none' }]);
    expect(effects[0]?.reason).toContain('already');
    const gone = recordedAs(targetForm('laptop', 2), { action: 'delete', live: null });
    expect(plan({ desired: null, observed: ABSENT, recorded: gone }).effects).toEqual([]);
  });

  it('heals by itself what fell away from what was achieved', () => {
    const form = targetForm('laptop', 2);
    const result = plan({
      desired: form,
      observed: present(targetForm('laptop', 1)),
      recorded: recordedAs(form),
    });
    expect(result.effects).toMatchObject([{ action: 'update', class: 'self-heal' }]);
  });

  it('needs admission again for a form that was never achieved', () => {
    const result = plan({
      desired: targetForm('laptop', 3),
      observed: ABSENT,
      recorded: recordedAs(targetForm('laptop', 2)),
    });
    expect(result.effects).toMatchObject([{ action: 'create', class: 'admitted' }]);
  });

  it('waits for what it refers to before it converges', () => {
    const result = plan({
      desired: targetForm('laptop', 2),
      observed: ABSENT,
      context: { unsettledDependencies: [refOf('Zone', 'ae')] },
    });
    expect(result.effects).toEqual([]);
    expect(result.waiting).toEqual([{ on: 'zone ae', until: null }]);
  });

  it('waits for what refers to it before it goes', () => {
    const live = targetForm('laptop', 2);
    const result = plan({
      desired: null,
      observed: present(live),
      recorded: recordedAs(live),
      context: { liveDependents: [refOf('Environment', 'dev')] },
    });
    expect(result.effects).toEqual([]);
    expect(result.waiting).toEqual([{ on: 'environment dev', until: null }]);
  });

  it('rests after a failure, and tries again when the rest is over', () => {
    const desired = targetForm('laptop', 2);
    const recorded = recordedAs(desired, { outcome: 'failed', live: null });
    const resting = plan({ desired, observed: ABSENT, recorded });
    expect(resting.effects).toEqual([]);
    expect(resting.conditions).toMatchObject([{ type: 'Stalled', reason: 'EffectFailed' }]);
    const now = NOW - 1000 + FIRST_RETRY_AFTER_MS;
    expect(plan({ desired, observed: ABSENT, recorded, now }).effects).toHaveLength(1);
  });

  it.each([
    [1, FIRST_RETRY_AFTER_MS],
    [2, 2 * FIRST_RETRY_AFTER_MS],
    [3, 4 * FIRST_RETRY_AFTER_MS],
    [9, MAX_RETRY_AFTER_MS],
  ])('rests longer after %d failures in a row, but not without end', (failures, restMs) => {
    const desired = targetForm('laptop', 2);
    const failed = recordedAs(desired, { outcome: 'failed', live: null });
    const { waiting } = plan({ desired, observed: ABSENT, recorded: { ...failed, failures } });
    expect(waiting).toEqual([{ on: 'retry after failure', until: NOW - 1000 + restMs }]);
  });

  it('does not rest when something was done since to what it depends on', () => {
    const desired = targetForm('laptop', 2);
    const recorded = recordedAs(desired, { outcome: 'failed', live: null });
    const planAfter = (dependenciesChangedAt: number) =>
      plan({ desired, observed: ABSENT, recorded, context: { dependenciesChangedAt } }).effects;
    expect(planAfter(NOW - 1001)).toEqual([]);
    expect(planAfter(NOW - 999)).toHaveLength(1);
  });

  it('does not rest when the definition changed since the failure', () => {
    const recorded = recordedAs(targetForm('laptop', 2), { outcome: 'failed', live: null });
    const result = plan({ desired: targetForm('laptop', 3), observed: ABSENT, recorded });
    expect(result.effects).toHaveLength(1);
  });

  it('gives the same act another identity each time it happens', () => {
    const desired = targetForm('laptop', 2);
    const first = plan({ desired, observed: ABSENT });
    const later = plan({ desired, observed: ABSENT, recorded: recordedAs(desired) });
    expect(first.effects[0]?.id).not.toBe(later.effects[0]?.id);
    expect(first.effects[0]?.targetDigest).toBe(later.effects[0]?.targetDigest);
  });
});
