import { type RefKey, toRefKey } from '../contracts/ref.ts';
import { findNearestName } from '../spec/nearest-name.ts';
import type { DescribedGraph, DescribedNode } from './described-graph.ts';

export type NodeSearch =
  | { readonly state: 'found'; readonly key: RefKey; readonly node: DescribedNode }
  | { readonly state: 'several'; readonly keys: readonly RefKey[] }
  | { readonly state: 'none'; readonly nearest: RefKey | null };

/**
 * Finds what a person calls `Model/payments/fraud`, `payments/fraud`, `model/fraud` or `fraud`:
 * as much of a key as tells it from the others, a kind in any case.
 */
export function findNode(graph: DescribedGraph, wanted: string): NodeSearch {
  const text = wanted.toLowerCase();
  const length = wanted.split('/').length;
  const byReading = new Map<string, RefKey[]>();
  for (const [key, node] of graph.nodes) {
    if (key === wanted) return { state: 'found', key, node };
    for (const reading of listReadings(node, length)) {
      const keys = byReading.get(reading) ?? [];
      keys.push(key);
      byReading.set(reading, keys);
    }
  }
  const keys = [...(byReading.get(text) ?? [])].sort();
  const [first] = keys;
  if (first === undefined) {
    const nearest = findNearestName(text, byReading.keys());
    const meant = nearest === null ? listNamesakes(graph, text) : (byReading.get(nearest) ?? []);
    return { state: 'none', nearest: [...meant].sort()[0] ?? null };
  }
  if (keys.length > 1) return { state: 'several', keys };
  return { state: 'found', key: first, node: graph.nodes.get(first) as DescribedNode };
}

/** What a node may be called in so many parts. */
function listReadings({ ref }: DescribedNode, length: number): readonly string[] {
  const kind = ref.kind.toLowerCase();
  if (length === 1) return [ref.name];
  if (length === 2) return [...new Set([`${ref.namespace}/${ref.name}`, `${kind}/${ref.name}`])];
  return length === 3 ? [toRefKey(ref).toLowerCase()] : [];
}

/** Whoever misses the kind or the namespace by far may still have the name. */
function listNamesakes(graph: DescribedGraph, text: string): readonly RefKey[] {
  const name = text.slice(text.lastIndexOf('/') + 1);
  return [...graph.nodes].filter(([, { ref }]) => ref.name === name).map(([key]) => key);
}
