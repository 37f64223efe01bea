import { type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import { findOverrides, toEnvironmentKey } from '../overrides/find-overrides.ts';
import type { DataClass } from '../residency/data-class.ts';
import { findClass, solveResidency } from '../residency/solve-residency.ts';
import { traceLineage } from '../residency/trace-lineage.ts';
import type { SourceLocation } from '../spec/diagnostic.ts';
import type { Resource } from '../spec/resource.ts';
import { locateField } from './locate-field.ts';
import { placeResources } from './placement.ts';
import { buildGraph, dependenciesOf, dependentsOf, type ResourceGraph } from './resource-graph.ts';
import { listComponents } from './strong-components.ts';
import type { PlacedResource } from './validity.ts';

/** A field, and what it has to do with the resource that it leads to. */
export type Reason = { readonly to: Ref; readonly field: string; readonly at: SourceLocation };

/** Why a valid resource is as it is. */
export type Explanation = {
  readonly ref: Ref;
  readonly at: SourceLocation;
  readonly placement: PlacedResource['placement'];
  /** The fields that lead to its zone, one after the other. */
  readonly placedBy: readonly Reason[];
  /** Null for one that holds no data. */
  readonly data: {
    readonly dataClass: DataClass;
    readonly zones: readonly {
      readonly zone: string;
      readonly dataClass: DataClass;
      /** How it came, from where it starts. */
      readonly way: readonly Reason[];
    }[];
  } | null;
  readonly crossings: readonly {
    readonly from: Ref;
    readonly form: string;
    readonly to: string;
    readonly allowedBy: readonly { readonly zone: string; readonly legalBasis: string }[];
  }[];
  readonly uncarried: string | null;
  readonly overriddenBy: readonly SourceLocation[];
  readonly needs: readonly Reason[];
  readonly neededBy: readonly Reason[];
};

/** Null when none of the resources is the one that is asked about. */
export function explainResource(
  resources: readonly PlacedResource[],
  ref: Ref,
): Explanation | null {
  const key = toRefKey(ref);
  const own = resources.find((one) => toRefKey(one.ref) === key);
  if (own === undefined) return null;
  const graph = buildGraph(resources);
  return {
    ref: own.ref,
    at: own.location,
    placement: own.placement,
    placedBy: tracePlaces(graph, key),
    ...explainData(graph, key),
    uncarried: own.uncarried ?? null,
    overriddenBy: listOverrides(graph, own),
    needs: dependenciesOf(graph, key).map(({ to, pointer }) => toReason(graph, key, to, pointer)),
    neededBy: dependentsOf(graph, key).flatMap(({ from, pointer }) => {
      const dependent = graph.nodes.get(from);
      return dependent === undefined ? [] : [toReason(graph, from, dependent.ref, pointer)];
    }),
  };
}

function explainData(graph: ResourceGraph, key: RefKey): Pick<Explanation, 'data' | 'crossings'> {
  const components = listComponents(graph);
  const residency = solveResidency(graph, placeResources(graph, components), components);
  const origins = residency.origins.get(key);
  const toRefOf = (from: RefKey) => (graph.nodes.get(from) as Resource).ref;
  const zones = [...(origins ?? [])].map(([zone, { dataClass }]) => {
    const hops = traceLineage(residency, key, zone);
    const way = hops.map((hop) => toReason(graph, hop.holder, toRefOf(hop.from), hop.pointer));
    return { zone, dataClass, way };
  });
  const crossings = residency.crossings
    .filter(({ flow }) => flow.holder === key)
    .map(({ flow, to, verdicts }) => ({
      from: toRefOf(flow.from),
      form: flow.form,
      to,
      allowedBy: verdicts.flatMap(({ zone, transfer }) =>
        transfer === null ? [] : [{ zone, legalBasis: transfer.legalBasis }],
      ),
    }));
  const data = origins === undefined ? null : { dataClass: findClass(origins), zones };
  return { data, crossings };
}

/** A way of placing fields cannot be longer than the kinds that there are. */
function tracePlaces(graph: ResourceGraph, key: RefKey): readonly Reason[] {
  const edge = dependenciesOf(graph, key).find(({ places, to }) => places || to.kind === 'Zone');
  if (edge === undefined || !graph.nodes.has(edge.toKey)) return [];
  return [toReason(graph, key, edge.to, edge.pointer), ...tracePlaces(graph, edge.toKey)];
}

function listOverrides(graph: ResourceGraph, own: Resource): readonly SourceLocation[] {
  const key = toEnvironmentKey(own);
  const environment = key === null ? undefined : graph.nodes.get(key);
  if (environment === undefined) return [];
  return findOverrides(environment, own.ref).map(({ pointer }) =>
    locateField(environment, `${pointer}/patch`),
  );
}

function toReason(graph: ResourceGraph, holder: RefKey, to: Ref, pointer: string): Reason {
  const at = locateField(graph.nodes.get(holder) as Resource, pointer);
  return { to, field: pointer.slice(1).replaceAll('/', '.'), at };
}
