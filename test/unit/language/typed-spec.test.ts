import { expect, it } from 'vitest';
import { toTypedSpec } from '../../../reconciler/core/spec/typed-spec.ts';
import { judgeSmallRepo } from './small-repo.ts';

it('gives the spec of a normal form in the type of its kind, and refuses another kind', () => {
  const { valid } = judgeSmallRepo({});
  const target = valid.find(({ ref }) => ref.name === 'laptop');
  if (target === undefined) throw new Error('the small repo has a target');
  const spec = toTypedSpec(target.form, 'Target');
  expect(spec.pools.map(({ slots, hourlyPriceUsd }) => slots * hourlyPriceUsd)).toEqual([0]);
  expect(spec.deletionPolicy).toBe('Retain');
  expect(() => toTypedSpec(target.form, 'Zone')).toThrow('expected a Zone, got a Target');
});
