import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createProcessClock, MAX_SKEW_MS } from './process-clock.ts';
import { createActor, createScheduler } from './scheduler.ts';

function createParts() {
  const world = createSimulatedClock({ startAt: 1_000_000 });
  const scheduler = createScheduler(world, createSeededRandomness(1));
  const clock = createProcessClock(world, scheduler, createActor('process'));
  const pass = (durationMs: number) => scheduler.run(() => false, durationMs);
  return { world, clock, pass };
}

describe('the clock of a process', () => {
  it('never goes back and never strays further than it may', async () => {
    const paces = fc.array(fc.tuple(fc.constantFrom(0.5, 0.8, 1, 1.25, 2), fc.nat(60_000)));
    await fc.assert(
      fc.asyncProperty(paces, async (episodes) => {
        const { world, clock, pass } = createParts();
        let before = clock.now();
        for (const [pace, durationMs] of episodes) {
          clock.setPace(pace);
          await pass(durationMs);
          expect(clock.now()).toBeGreaterThanOrEqual(before);
          expect(Math.abs(clock.now() - world.now())).toBeLessThanOrEqual(MAX_SKEW_MS + 1);
          before = clock.now();
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each([0.5, 1, 2])('sleeps until its own time has come, at a pace of %d', async (pace) => {
    const { clock, pass } = createParts();
    clock.setPace(pace);
    const until = clock.now() + 8_000;
    let wokenAt = 0;
    const sleep = async () => {
      await clock.sleep(8_000);
      wokenAt = clock.now();
    };
    void sleep();
    await pass(60_000);
    expect(wokenAt).toBeGreaterThanOrEqual(until);
    expect(wokenAt).toBeLessThan(until + 10);
  });
});
