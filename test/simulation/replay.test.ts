import { describe, expect, it } from 'vitest';
import { createParseOnce } from './parse-once.ts';
import { NOTHING_PLANTED } from './planted/plant.ts';
import { simulateSeed } from './simulate-seed.ts';

const run = (seed: number) =>
  simulateSeed({ seed, plant: NOTHING_PLANTED, parse: createParseOnce() });

describe('a seed', () => {
  it.each([3, 14, 21])('gives the same trace again: %i', async (seed) => {
    const first = await run(seed);
    const second = await run(seed);
    expect(second.digest).toBe(first.digest);
    expect(second).toEqual(first);
  });

  it('gives the same trace whatever ran before it', async () => {
    const parse = createParseOnce();
    const alone = await run(7);
    await simulateSeed({ seed: 6, plant: NOTHING_PLANTED, parse });
    const after = await simulateSeed({ seed: 7, plant: NOTHING_PLANTED, parse });
    expect(after.digest).toBe(alone.digest);
  });

  it('gives the trace that its hash is of', async () => {
    const lines: string[] = [];
    const result = await simulateSeed({
      seed: 3,
      plant: NOTHING_PLANTED,
      parse: createParseOnce(),
      onLine: (line) => lines.push(line),
    });
    expect(lines).toHaveLength(result.events);
    expect(lines[0]).toBe(JSON.stringify(result.swarm));
  });
});
