import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { describeClock } from './clock.contract.ts';

const START = Date.UTC(2026, 0, 1);

describeClock('system', () => ({ clock: createSystemClock(), elapse: (ms) => wait(ms) }));
describeClock('simulated', () => {
  const clock = createSimulatedClock({ startAt: START });
  return { clock, elapse: (ms) => clock.advance(ms) };
});

describe('simulated clock', () => {
  it('moves by advance alone', async () => {
    const clock = createSimulatedClock({ startAt: START });
    expect(clock.now()).toBe(START);
    await clock.advance(1500);
    expect(clock.now()).toBe(START + 1500);
    expect(clock.nextWakeAt()).toBeNull();
  });

  it('wakes each sleeper at its own time, equal times in the order of arrival', async () => {
    const clock = createSimulatedClock({ startAt: 0 });
    const woken: string[] = [];
    const note = (label: string) => () => woken.push(`${label}@${clock.now()}`);
    void clock.sleep(20).then(note('b'));
    void clock.sleep(10).then(note('a'));
    void clock.sleep(20).then(note('c'));
    void clock.sleep(50).then(note('later'));
    await clock.advance(30);
    expect(woken).toEqual(['a@10', 'b@20', 'c@20']);
    expect(clock.now()).toBe(30);
    expect(clock.countSleepers()).toBe(1);
  });

  it('lets a sleeper sleep again within one advance', async () => {
    const clock = createSimulatedClock({ startAt: 0 });
    const beats: number[] = [];
    const beat = async () => {
      for (let round = 0; round < 4; round += 1) {
        await clock.sleep(10);
        beats.push(clock.now());
      }
    };
    const beating = beat();
    await clock.advance(35);
    expect(beats).toEqual([10, 20, 30]);
    await clock.advance(5);
    await beating;
    expect(beats).toEqual([10, 20, 30, 40]);
  });

  it('wakes one sleeper at a time on demand and says when the next is due', async () => {
    const clock = createSimulatedClock({ startAt: 0 });
    const sleeping = clock.sleep(7);
    void clock.sleep(9);
    expect(clock.nextWakeAt()).toBe(7);
    expect(clock.wakeNext(6)).toBe(false);
    expect(clock.wakeNext(7)).toBe(true);
    await sleeping;
    expect(clock.now()).toBe(7);
    expect(clock.nextWakeAt()).toBe(9);
  });

  it('forgets a sleeper that was aborted', () => {
    const clock = createSimulatedClock({ startAt: 0 });
    const abort = new AbortController();
    void clock.sleep(10, abort.signal);
    abort.abort();
    expect(clock.countSleepers()).toBe(0);
    expect(clock.wakeNext()).toBe(false);
  });
});
