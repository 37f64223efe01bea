import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { createActor, createScheduler } from './scheduler.ts';

const forEver = () => false;

function createParts(seed: number) {
  const clock = createSimulatedClock({ startAt: 0 });
  const scheduler = createScheduler(clock, createSeededRandomness(seed));
  const heard: string[] = [];
  const talk = async (name: string, times: number, actor = createActor(name)) => {
    for (let count = 1; count <= times; count += 1) {
      await scheduler.step(actor);
      heard.push(`${name}${count}`);
    }
  };
  return { clock, scheduler, heard, talk };
}

describe('the scheduler', () => {
  it('interleaves actors in an order that follows from the seed alone', async () => {
    const orders: string[] = [];
    for (const seed of [1, 1, 2]) {
      const { scheduler, heard, talk } = createParts(seed);
      void talk('a', 5);
      void talk('b', 5);
      await scheduler.run(forEver, 1);
      expect([...heard].sort()).toEqual([...heard.filter(isA), ...heard.filter(isB)].sort());
      orders.push(heard.join(' '));
    }
    expect(orders[1]).toBe(orders[0]);
    expect(orders[2]).not.toBe(orders[0]);
  });

  it('never resumes an actor that died', async () => {
    const { scheduler, heard, talk } = createParts(1);
    const actor = createActor('a');
    void talk('a', 5, actor);
    await scheduler.run(() => heard.length === 2, 1);
    actor.isDead = true;
    await scheduler.run(forEver, 1);
    expect(heard).toEqual(['a1', 'a2']);
  });

  it('resumes a paused actor only when its pause is over, while time goes on for others', async () => {
    const { clock, scheduler, heard, talk } = createParts(1);
    const actor = createActor('a');
    actor.isPaused = true;
    void talk('a', 1, actor);
    void talk('b', 1);
    await scheduler.run(forEver, 50);
    expect(heard).toEqual(['b1']);
    expect(clock.now()).toBe(50);
    actor.isPaused = false;
    await scheduler.run(forEver, 1);
    expect(heard).toEqual(['b1', 'a1']);
  });

  it('lets time pass only when nobody can run', async () => {
    const { clock, scheduler, heard, talk } = createParts(1);
    const late = async () => {
      await clock.sleep(10);
      heard.push(`late at ${clock.now()}`);
    };
    void late();
    void talk('a', 3);
    expect(await scheduler.run(forEver, 20)).toBe('time-over');
    expect(heard).toEqual(['a1', 'a2', 'a3', 'late at 10']);
    expect(clock.now()).toBe(20);
  });

  it('tells work without end from time that passes', async () => {
    const { scheduler } = createParts(1);
    const actor = createActor('busy');
    const work = async () => {
      for (;;) await scheduler.step(actor);
    };
    void work();
    expect(await scheduler.run(forEver, 1)).toBe('livelock');
  });
});

function isA(word: string): boolean {
  return word.startsWith('a');
}

function isB(word: string): boolean {
  return word.startsWith('b');
}
