import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createVersionAssignment } from '../../../reconciler/core/serving/assign-version.ts';

const KEY = '0f'.repeat(32);
const share = (version: string, percent: number) => ({ version, percent });
const assignWith = (versions: readonly ReturnType<typeof share>[], assignmentKey = KEY) =>
  createVersionAssignment({ assignmentKey, versions });

function drawEntities(count: number, seed: number): readonly string[] {
  const randomness = createSeededRandomness(seed);
  return Array.from({ length: count }, () => Buffer.from(randomness.bytes(12)).toString('hex'));
}

describe('the version of an entity', () => {
  it('is the same for the same entity and key, and another key gives another one', () => {
    const assign = assignWith([share('a', 50), share('b', 50)]);
    const other = assignWith([share('a', 50), share('b', 50)], 'f0'.repeat(32));
    fc.assert(
      fc.property(fc.string(), (entity) => {
        expect(assign(entity)).toBe(assignWith([share('a', 50), share('b', 50)])(entity));
      }),
    );
    const entities = drawEntities(200, 1);
    const differing = entities.filter((entity) => assign(entity) !== other(entity));
    expect(differing.length).toBeGreaterThan(50);
  });

  it('does not depend on what was assigned before', () => {
    const [first, second] = [
      assignWith([share('a', 30), share('b', 70)]),
      assignWith([share('a', 30), share('b', 70)]),
    ];
    const entities = drawEntities(100, 2);
    const inOrder = entities.map(first);
    expect([...entities].reverse().map(second).reverse()).toEqual(inOrder);
  });

  it('is spread evenly: sixteen equal shares pass a chi-square test', () => {
    const versions = Array.from({ length: 16 }, (_, index) => share(`v${index}`, 100 / 16));
    const assign = assignWith(versions);
    const counts = new Map<string | null, number>();
    const entities = drawEntities(16_000, 3);
    for (const entity of entities)
      counts.set(assign(entity), (counts.get(assign(entity)) ?? 0) + 1);
    const expected = entities.length / versions.length;
    const statistic = versions.reduce((sum, { version }) => {
      return sum + ((counts.get(version) ?? 0) - expected) ** 2 / expected;
    }, 0);
    // The 99.9th percentile of chi-square with 15 degrees of freedom; the seed is fixed.
    expect(statistic).toBeLessThan(37.7);
  });

  it('keeps shares within what chance allows over 20,000 entities', () => {
    const assign = assignWith([share('a', 90), share('b', 10)]);
    const entities = drawEntities(20_000, 4);
    const onB = entities.filter((entity) => assign(entity) === 'b').length;
    // Four standard deviations of a binomial with n = 20,000 and p = 0.1.
    expect(Math.abs(onB - 2_000)).toBeLessThan(4 * Math.sqrt(20_000 * 0.1 * 0.9));
  });

  it('changes for no other keys than those whose share moves', () => {
    const entities = drawEntities(2_000, 5);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 90 }), (onB) => {
        const assignBefore = assignWith([share('a', 100 - onB), share('b', onB)]);
        const assignAfter = assignWith([share('a', 90 - onB), share('b', onB + 10)]);
        const moved = entities.filter((entity) => assignBefore(entity) !== assignAfter(entity));
        expect(new Set(moved.map(assignBefore))).toEqual(new Set(['a']));
        expect(new Set(moved.map(assignAfter))).toEqual(new Set(['b']));
        expect(Math.abs(moved.length - 200)).toBeLessThan(4 * Math.sqrt(2_000 * 0.1 * 0.9));
      }),
      { numRuns: 12 },
    );
  });

  it('is never one without a share, and none when there is none', () => {
    const assign = assignWith([share('a', 0), share('b', 100), share('c', 0)]);
    expect(new Set(drawEntities(100, 6).map(assign))).toEqual(new Set(['b']));
    expect(assignWith([share('a', 0)])('x')).toBeNull();
    expect(assignWith([])('x')).toBeNull();
  });

  it('scales shares that do not sum to a hundred', () => {
    const assign = assignWith([share('a', 20), share('b', 20)]);
    const onA = drawEntities(4_000, 7).filter((entity) => assign(entity) === 'a').length;
    expect(Math.abs(onA - 2_000)).toBeLessThan(4 * Math.sqrt(4_000 * 0.25));
  });
});
