import type { Json } from '../contracts/json.ts';
import { toRefKey } from '../contracts/ref.ts';
import { type DescribedNode, listEdges } from './described-graph.ts';
import { type GraphView, listDependents } from './graph-view.ts';

/**
 * A graph for programs. `v` grows when a reader of the older shape would be misled. A repo has
 * limits of its own, so nothing is left out here.
 */
export function renderGraphJson(view: GraphView): Json {
  const graph = {
    v: 1,
    view: view.kind,
    of: view.kind === 'whole' ? null : view.of,
    nodes: [...view.graph.nodes.values()].map(toJson),
    edges: listEdges(view.graph).map(({ from, toKey, pointer }) => ({ from, to: toKey, pointer })),
  };
  if (view.kind !== 'dependents') return graph;
  const dependents = listDependents(view.ways).map(({ key, ...way }) => ({
    resource: key,
    ...way,
  }));
  return { ...graph, dependents };
}

function toJson(node: DescribedNode): Json {
  const { ref, placement, state } = node;
  const shared = { resource: toRefKey(ref), state, placement };
  return node.state === 'valid'
    ? { ...shared, location: node.location }
    : { ...shared, why: node.why };
}
