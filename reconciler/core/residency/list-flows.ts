import type { RefKey } from '../contracts/ref.ts';
import { dependenciesOf, type Edge, type ResourceGraph } from '../graph/resource-graph.ts';
import type { DataForm } from '../spec/kind-facts.ts';

/** Something that goes from one resource to another because a field says so. */
export type Flow = {
  readonly from: RefKey;
  readonly to: RefKey;
  readonly form: DataForm;
  /** Whose field makes it go: who takes it, or who writes it somewhere. */
  readonly holder: RefKey;
  /** The field of the holder. */
  readonly pointer: string;
  /** Of rows that come with a model: the field of the model that asks for them. */
  readonly through: { readonly model: RefKey; readonly pointer: string } | null;
};

/**
 * What comes to a resource. Whoever runs a model looks up the rows of its views too: they go where
 * the model goes.
 */
export function listFlows(graph: ResourceGraph, key: RefKey): readonly Flow[] {
  return dependenciesOf(graph, key).flatMap((edge) => {
    if (edge.flow === null || !graph.nodes.has(edge.toKey)) return [];
    const own: Flow = { ...toFlow(edge, edge.flow), through: null };
    return edge.flow === 'models' ? [own, ...listLookups(graph, edge)] : [own];
  });
}

/** What a resource writes somewhere else. */
export function listOutflows(graph: ResourceGraph, key: RefKey): readonly Flow[] {
  return dependenciesOf(graph, key).flatMap(({ outflow, toKey, pointer }) => {
    if (outflow === null || !graph.nodes.has(toKey)) return [];
    return [{ from: key, to: toKey, form: outflow, holder: key, pointer, through: null }];
  });
}

function toFlow(edge: Edge, form: DataForm) {
  return { from: edge.toKey, to: edge.from, form, holder: edge.from, pointer: edge.pointer };
}

function listLookups(graph: ResourceGraph, edge: Edge): readonly Flow[] {
  return dependenciesOf(graph, edge.toKey)
    .filter(({ to, toKey }) => to.kind === 'FeatureView' && graph.nodes.has(toKey))
    .map((view) => ({
      from: view.toKey,
      to: edge.from,
      form: 'rows',
      holder: edge.from,
      pointer: edge.pointer,
      through: { model: edge.toKey, pointer: view.pointer },
    }));
}
