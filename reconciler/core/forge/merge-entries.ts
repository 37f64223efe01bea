import type { Oid } from '../contracts/git.ts';

type Entry = { readonly path: string; readonly oid: Oid };

/**
 * The files that merging would give: those of main, with what the head has changed since both were
 * one. Where main has changed the same file in another way nothing can be merged, and the head's
 * file stands for what its author wants.
 */
export function mergeEntries<E extends Entry>(trees: {
  readonly base: readonly E[];
  readonly main: readonly E[];
  readonly head: readonly E[];
}): readonly E[] {
  const base = new Map(trees.base.map(({ path, oid }) => [path, oid]));
  const head = new Map(trees.head.map((entry) => [entry.path, entry]));
  const merged = new Map(trees.main.map((entry) => [entry.path, entry]));
  for (const [path, entry] of head) {
    if (base.get(path) !== entry.oid) merged.set(path, entry);
  }
  for (const path of base.keys()) {
    if (!head.has(path)) merged.delete(path);
  }
  return [...merged.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}
