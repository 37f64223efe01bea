import { describe, expect, it } from 'vitest';
import { toRef } from '../../../reconciler/core/contracts/normal-form.ts';
import { applyHold } from '../../../reconciler/core/holds/apply-hold.ts';
import { findHold, indexHolds, listHolds } from '../../../reconciler/core/holds/hold.ts';
import { PLANNERS } from '../../../reconciler/core/plan/planners/planners.ts';
import { planZone } from '../../../reconciler/core/plan/zone-plan.ts';
import { ABSENT, formOf, referencesOf, refOf, targetForm } from './forms.ts';

const NOON = Date.parse('2026-12-24T12:00:00Z');

function holdForm(name: string, spec: object) {
  return formOf('Hold', name, {
    reason: 'Year-end closing',
    owner: 'platform-team',
    until: '2027-01-04T00:00:00Z',
    resources: [{ kind: 'Target' }],
    ...spec,
  });
}

function planAt(now: number, ...holds: readonly ReturnType<typeof holdForm>[]) {
  const desired = [targetForm('laptop', 2), formOf('Namespace', 'payments', {}), ...holds];
  const observed = new Map(
    desired.map((form) => [`${form.kind}/platform/${form.metadata.name}` as const, ABSENT]),
  );
  const inputs = { zone: 'ae', desired, observed, recorded: new Map(), now };
  return planZone({ ...inputs, planners: PLANNERS, referencesOf });
}

const touched = (plan: ReturnType<typeof planAt>) => plan.effects.map(({ ref }) => ref.kind);

describe('a hold', () => {
  it('takes what it names out of the plan, and says why and until when', () => {
    const plan = planAt(NOON, holdForm('year-end', {}));
    expect(touched(plan)).toEqual(['Hold', 'Namespace']);
    expect(plan.waiting).toEqual([
      {
        ref: refOf('Target', 'laptop'),
        waiting: [
          {
            on: 'held by hold year-end, asked for by platform-team: Year-end closing',
            until: Date.parse('2027-01-04T00:00:00Z'),
          },
        ],
      },
    ]);
  });

  it.each([
    ['before it begins', { from: '2026-12-25T00:00:00Z' }],
    ['from the moment on at which it ends', { until: '2026-12-24T12:00:00Z' }],
    ['of other resources', { resources: [{ kind: 'Model' }, { name: 'desk' }] }],
  ])('is without effect %s', (_, spec) => {
    expect(touched(planAt(NOON, holdForm('other', spec)))).toContain('Target');
  });

  it('never holds itself, the Platform or a Zone, by whatever it names', () => {
    const all = holdForm('all', { resources: [{ namespace: 'platform' }] });
    const holds = indexHolds(listHolds([all]));
    expect(findHold(holds, toRef(all), NOON)).toBeNull();
    expect(findHold(holds, refOf('Platform', 'bank'), NOON)).toBeNull();
    expect(findHold(holds, refOf('Zone', 'ae'), NOON)).toBeNull();
    expect(findHold(holds, refOf('Namespace', 'payments'), NOON)?.name).toBe('all');
  });

  it('of several, the one that lasts longest is told', () => {
    const both = [holdForm('short', { until: '2026-12-26T00:00:00Z' }), holdForm('long', {})];
    const holds = indexHolds(listHolds(both));
    expect(findHold(holds, refOf('Target', 'laptop'), NOON)?.name).toBe('long');
  });

  it('lets go on what has begun, and what protects', () => {
    const plan = planAt(NOON);
    const effect = plan.effects.find(({ ref }) => ref.kind === 'Target');
    if (effect === undefined) throw new Error('nothing to do');
    const [hold = null] = listHolds([holdForm('year-end', {})]);
    const result = { effects: [effect], waiting: [], conditions: [] };
    expect(applyHold(result, hold).effects).toEqual([]);
    expect(applyHold(result, hold, effect.id)).toBe(result);
    const healing = { ...result, effects: [{ ...effect, class: 'self-heal' as const }] };
    expect(applyHold(healing, hold)).toBe(healing);
  });

  it('tells of what would come once something else is done, and not of what is as it should be', () => {
    const [hold = null] = listHolds([holdForm('year-end', {})]);
    const waiting = [{ on: 'target laptop', until: null }];
    const { conditions } = applyHold({ effects: [], waiting, conditions: [] }, hold);
    expect(conditions).toMatchObject([{ type: 'Held', reason: 'Hold' }]);
    const settled = { effects: [], waiting: [], conditions: [] };
    expect(applyHold(settled, hold)).toBe(settled);
  });
});
