import type { SourceWatcher } from '../../../ports/source-watcher.ts';

/** Hints come when somebody calls `hint`: a simulation decides when, and whether at all. */
export type MemorySourceWatcher = SourceWatcher & { readonly hint: () => void };

export function createMemorySourceWatcher(): MemorySourceWatcher {
  let listener: (() => void) | null = null;
  return {
    async start(onHint) {
      if (listener !== null) throw new Error('the watcher was started already');
      listener = onHint;
    },
    async stop() {
      listener = null;
    },
    hint: () => listener?.(),
  };
}
