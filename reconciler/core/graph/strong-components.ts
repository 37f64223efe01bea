import type { RefKey } from '../contracts/ref.ts';
import { dependenciesOf, type ResourceGraph } from './resource-graph.ts';

type Visit = { readonly key: RefKey; next: number };

type Walk = {
  readonly graph: ResourceGraph;
  readonly index: Map<RefKey, number>;
  readonly low: Map<RefKey, number>;
  readonly pending: RefKey[];
  readonly isPending: Set<RefKey>;
  readonly components: RefKey[][];
};

/**
 * Groups of nodes that reach each other, dependencies before dependents (Tarjan). A group of one
 * is a node of no cycle, unless it names itself. Kept on a stack of its own, because a chain of
 * ten thousand environments would exhaust the program's. Ties follow the order of the keys.
 */
export function listComponents(graph: ResourceGraph): readonly (readonly RefKey[])[] {
  const walk: Walk = {
    graph,
    index: new Map(),
    low: new Map(),
    pending: [],
    isPending: new Set(),
    components: [],
  };
  for (const key of graph.nodes.keys()) if (!walk.index.has(key)) walkFrom(walk, key);
  return walk.components;
}

function walkFrom(walk: Walk, root: RefKey): void {
  const visits: Visit[] = [enter(walk, root)];
  for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
    const edge = dependenciesOf(walk.graph, visit.key)[visit.next];
    visit.next += 1;
    if (edge === undefined) {
      visits.pop();
      leave(walk, visit.key);
      const parent = visits.at(-1);
      if (parent !== undefined) lower(walk, parent.key, walk.low.get(visit.key));
    } else if (!walk.graph.nodes.has(edge.toKey)) {
      // A name that nothing answers to is reported elsewhere.
    } else if (!walk.index.has(edge.toKey)) {
      visits.push(enter(walk, edge.toKey));
    } else if (walk.isPending.has(edge.toKey)) {
      lower(walk, visit.key, walk.index.get(edge.toKey));
    }
  }
}

function enter(walk: Walk, key: RefKey): Visit {
  walk.low.set(key, walk.index.size);
  walk.index.set(key, walk.index.size);
  walk.pending.push(key);
  walk.isPending.add(key);
  return { key, next: 0 };
}

function lower(walk: Walk, key: RefKey, to: number | undefined): void {
  walk.low.set(key, Math.min(walk.low.get(key) as number, to as number));
}

function leave(walk: Walk, key: RefKey): void {
  if (walk.low.get(key) !== walk.index.get(key)) return;
  const component = walk.pending.splice(walk.pending.lastIndexOf(key));
  for (const member of component) walk.isPending.delete(member);
  walk.components.push(component.sort());
}
