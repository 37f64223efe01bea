import { describe, expect, it } from 'vitest';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { describeRandomness } from './randomness.contract.ts';

describeRandomness('system', createSystemRandomness);
describeRandomness('seeded', () => createSeededRandomness(1));

describe('seeded randomness', () => {
  const draw = (seed: number | string) => {
    const randomness = createSeededRandomness(seed);
    return [randomness.fraction(), randomness.fraction(), ...randomness.bytes(6)];
  };

  it('replays from its seed', () => {
    expect(draw(42)).toEqual(draw(42));
    expect(draw(42)).not.toEqual(draw(43));
  });

  it('keeps its sequence for ever: recorded seeds must replay in later versions', () => {
    expect(draw('golden')).toMatchInlineSnapshot(`
      [
        0.05995757988069539,
        0.05955322052105294,
        112,
        216,
        72,
        200,
        61,
        96,
      ]
    `);
  });

  it('forks streams that depend on labels alone', () => {
    const fresh = createSeededRandomness(7).fork('git').fraction();
    const used = createSeededRandomness(7);
    used.bytes(1000);
    used.fork('store').fraction();
    expect(used.fork('git').fraction()).toBe(fresh);
    expect(used.fork('store').fraction()).not.toBe(fresh);
  });

  it('keeps nested forks apart from each other and from labels that look alike', () => {
    const root = createSeededRandomness(7);
    const values = [
      root.fork('a').fork('b').fraction(),
      root.fork('a/b').fraction(),
      root.fork('ab').fraction(),
      root.fork('a","b').fraction(),
    ];
    expect(new Set(values).size).toBe(values.length);
  });

  it('gives far sequences for near seeds', () => {
    const firsts = new Set<number>();
    for (let seed = 0; seed < 10_000; seed += 1)
      firsts.add(createSeededRandomness(seed).fraction());
    expect(firsts.size).toBe(10_000);
    const mean = [...firsts].reduce((sum, value) => sum + value, 0) / firsts.size;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });
});
