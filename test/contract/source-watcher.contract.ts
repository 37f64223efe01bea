import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceWatcher } from '../../reconciler/ports/source-watcher.ts';

export type SourceWatcherHarness = {
  readonly watcher: SourceWatcher;
  /** Each moves a branch in its own way. */
  readonly moves: Readonly<Record<string, () => Promise<void>>>;
  readonly close: () => Promise<void>;
};

export type SourceWatcherSubject = {
  readonly name: string;
  readonly create: () => Promise<SourceWatcherHarness>;
};

/** Resolves at the first call after each time it was asked. */
function createBell() {
  let ring: () => void = () => {};
  return {
    onHint: () => ring(),
    next: () =>
      new Promise<void>((resolve) => {
        ring = resolve;
      }),
  };
}

export function describeSourceWatcher(subject: SourceWatcherSubject): void {
  describe(`source watcher: ${subject.name}`, () => {
    let harness: SourceWatcherHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(async () => {
      await harness.watcher.stop();
      await harness.close();
    });

    it('hints after every kind of move', async () => {
      const { watcher, moves } = harness;
      const bell = createBell();
      await watcher.start(bell.onHint);
      for (const move of Object.values(moves)) {
        const rung = bell.next();
        await move();
        // A watcher that stays silent fails by the test's time limit.
        await rung;
      }
      expect(Object.keys(moves).length).toBeGreaterThan(0);
    });

    it('is silent after it was stopped, and can be started again', async () => {
      const { watcher, moves } = harness;
      const [first = async () => {}] = Object.values(moves);
      let hints = 0;
      await watcher.start(() => {
        hints += 1;
      });
      await watcher.stop();
      const before = hints;
      const bell = createBell();
      await watcher.start(bell.onHint);
      const rung = bell.next();
      await first();
      await rung;
      expect(hints).toBe(before);
    });

    it('is started once at a time, and stopped as often as you like', async () => {
      const { watcher } = harness;
      await watcher.stop();
      await watcher.start(() => {});
      await expect(watcher.start(() => {})).rejects.toThrow('started already');
      await watcher.stop();
      await watcher.stop();
      await watcher.start(() => {});
    });
  });
}
