import type { Instant } from '../core/contracts/instant.ts';
import type { RefKey } from '../core/contracts/ref.ts';

/**
 * Keys to work, each at most once at a time. It holds keys and never events: whatever happened,
 * working a key reads everything again. Its size is bounded by the number of resources.
 */
export type KeyQueue = {
  readonly add: (key: RefKey) => void;
  /** Keeps the earlier time when the key waits already. */
  readonly addAt: (key: RefKey, at: Instant) => void;
  /** The next key, which is nobody else's until `finish`; null when none is ready. */
  readonly take: () => RefKey | null;
  /** Gives the key back; if it was added meanwhile it is ready again. */
  readonly finish: (key: RefKey) => void;
  /** Makes ready what is due, and says when the next one will be. */
  readonly releaseDue: (now: Instant) => Instant | null;
  readonly isIdle: () => boolean;
};

export function createKeyQueue(onReady: () => void): KeyQueue {
  const ready = new Set<RefKey>();
  const taken = new Set<RefKey>();
  const addedWhileTaken = new Set<RefKey>();
  const due = new Map<RefKey, Instant>();

  const add = (key: RefKey) => {
    due.delete(key);
    if (taken.has(key)) addedWhileTaken.add(key);
    else ready.add(key);
    onReady();
  };

  return {
    add,
    addAt: (key, at) => {
      if (ready.has(key)) return;
      due.set(key, Math.min(at, due.get(key) ?? at));
      onReady();
    },
    take: () => {
      const [key] = ready;
      if (key === undefined) return null;
      ready.delete(key);
      taken.add(key);
      return key;
    },
    finish: (key) => {
      taken.delete(key);
      if (addedWhileTaken.delete(key)) add(key);
    },
    releaseDue: (now) => {
      for (const [key, at] of due) if (at <= now) add(key);
      return due.size === 0 ? null : Math.min(...due.values());
    },
    isIdle: () => ready.size === 0 && taken.size === 0,
  };
}
