import { describe, expect, it } from 'vitest';
import type { Clock } from '../../reconciler/ports/clock.ts';

export type ClockUnderTest = {
  readonly clock: Clock;
  /** Lets about this much time pass, as seen by the clock. */
  readonly elapse: (durationMs: number) => Promise<void>;
};

export function describeClock(name: string, create: () => ClockUnderTest): void {
  describe(`clock: ${name}`, () => {
    it('tells the time in milliseconds and never goes back', async () => {
      const { clock, elapse } = create();
      const times: number[] = [clock.now()];
      for (let round = 0; round < 5; round += 1) {
        await elapse(2);
        times.push(clock.now());
      }
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times.every((time) => time > Date.UTC(2020, 0, 1))).toBe(true);
    });

    it('sleeps for at least the duration', async () => {
      const { clock, elapse } = create();
      let isAwake = false;
      const sleeping = clock.sleep(30).then(() => {
        isAwake = true;
      });
      await elapse(0);
      expect(isAwake).toBe(false);
      await elapse(40);
      await sleeping;
      expect(isAwake).toBe(true);
    });

    it('wakes the shorter sleep first', async () => {
      const { clock, elapse } = create();
      const order: string[] = [];
      const long = clock.sleep(60).then(() => order.push('long'));
      const short = clock.sleep(5).then(() => order.push('short'));
      await elapse(70);
      await Promise.all([long, short]);
      expect(order).toEqual(['short', 'long']);
    });

    it('resolves at once when the signal was aborted before', async () => {
      const { clock } = create();
      await expect(clock.sleep(3_600_000, AbortSignal.abort())).resolves.toBeUndefined();
    });

    it('resolves at once when the signal is aborted during the sleep, however long it is', async () => {
      const { clock } = create();
      for (const durationMs of [3_600_000, 2 ** 40, Number.POSITIVE_INFINITY]) {
        const abort = new AbortController();
        const sleeping = clock.sleep(durationMs, abort.signal);
        abort.abort();
        await expect(sleeping).resolves.toBeUndefined();
      }
    });

    it('takes a duration below zero, or none, for zero', async () => {
      const { clock, elapse } = create();
      const sleeping = Promise.all([clock.sleep(-5), clock.sleep(0), clock.sleep(Number.NaN)]);
      await elapse(1);
      await expect(sleeping).resolves.toHaveLength(3);
    });
  });
}
