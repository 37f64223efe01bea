/** What becomes of a resource that left Git, as its planner says it. */
export type RemovalWords = { readonly action: string; readonly reason: string };

/** It is no longer managed; what it has brought about stays. */
export function toRetirement(stays: string): () => RemovalWords {
  return () => ({ action: 'retire', reason: `left Git: ${stays}` });
}
