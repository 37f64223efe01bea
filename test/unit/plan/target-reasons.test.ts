import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import { NOTHING_RECORDED } from '../../../reconciler/core/plan/planner.ts';
import { planTarget } from '../../../reconciler/core/plan/planners/target.ts';
import { formOf, NO_CONTEXT, present, refOf } from './forms.ts';

const pool = (name: string, slots: number, device = 'cpu'): JsonObject => ({ name, device, slots });

function reasonFor(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  policies = ['Retain', 'Retain'],
) {
  const [was, is] = policies as [string, string];
  const { effects } = planTarget({
    ref: refOf('Target', 'laptop'),
    desired: formOf('Target', 'laptop', { pools: after, deletionPolicy: is }),
    observed: present(formOf('Target', 'laptop', { pools: before, deletionPolicy: was })),
    facts: {},
    recorded: NOTHING_RECORDED,
    now: 0,
    context: NO_CONTEXT,
  });
  return effects[0]?.reason;
}

describe('why a target changes, in words', () => {
  it('names only the pools that differ', () => {
    expect(reasonFor([pool('a', 1), pool('b', 2)], [pool('a', 1), pool('b', 4)])).toBe(
      'offers 4 cpu slots in b, was 2',
    );
  });

  it('tells new pools from dropped ones', () => {
    expect(reasonFor([pool('a', 1)], [pool('b', 1, 'gpu')])).toBe(
      'offers 1 gpu slot in b, a new pool and drops the pool a',
    );
  });

  it('says when a pool gets another device', () => {
    expect(reasonFor([pool('a', 2)], [pool('a', 2, 'gpu')])).toBe(
      'offers 2 gpu slots in a, was 2 cpu slots in a',
    );
  });

  it('falls back to saying that something else changed', () => {
    expect(reasonFor([pool('a', 1)], [pool('a', 1)], ['Retain', 'Delete'])).toBe(
      'its definition changes',
    );
  });
});
