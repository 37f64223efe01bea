import type { RefKey } from '../contracts/ref.ts';
import { toRefTitle } from '../contracts/ref.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import { findKind } from '../spec/identify.ts';
import { toQuoted } from '../spec/printable.ts';
import type { Resource } from '../spec/resource.ts';
import type { GraphProblem } from './check-references.ts';
import { locateField } from './locate-field.ts';
import { listZonedEdges, type Placement, type Placements } from './placement.ts';
import { dependenciesOf, type Edge, type ResourceGraph } from './resource-graph.ts';

/** Neighbours that must stand in one zone and do not. */
export function checkZones(graph: ResourceGraph, placements: Placements): readonly GraphProblem[] {
  return [...graph.nodes].flatMap(([key, resource]) =>
    findKind(resource.ref.kind)?.zone === 'derived'
      ? checkDerived(graph, placements, resource, key)
      : dependenciesOf(graph, key).flatMap((edge) =>
          checkNeighbour(graph, placements, resource, edge),
        ),
  );
}

/** What a resource stands on pulls it into one zone; whatever pulls elsewhere is a mistake. */
function checkDerived(
  graph: ResourceGraph,
  placements: Placements,
  resource: Resource,
  key: RefKey,
): readonly GraphProblem[] {
  const [first, ...others] = listZonedEdges(graph, placements, key);
  const other = others.find(({ zone }) => zone !== first?.zone);
  if (first === undefined || other === undefined) return [];
  const titles = [other, first].map(({ edge }) => toRefTitle(edge.to));
  const message = `${toRefTitle(resource.ref)} must stand in one zone, but ${titles[0]} stands in zone ${toQuoted(other.zone)} and ${titles[1]} in zone ${toQuoted(first.zone)}`;
  const related = [
    { message: `${titles[1]} is named here`, location: locateField(resource, first.edge.pointer) },
  ];
  const location = locateField(resource, other.edge.pointer);
  return [toProblem(key, message, location, related)];
}

function checkNeighbour(
  graph: ResourceGraph,
  placements: Placements,
  resource: Resource,
  edge: Edge,
): readonly GraphProblem[] {
  const target = graph.nodes.get(edge.toKey);
  if (!edge.sameZone || target === undefined) return [];
  const here = toZoneText(placements.get(edge.from));
  const there = toZoneText(placements.get(edge.toKey));
  if (here === there) return [];
  const message = `${toRefTitle(target.ref)} stands in zone ${toQuoted(there)}, ${toRefTitle(resource.ref)} in zone ${toQuoted(here)}`;
  const related = [
    { message: 'its zone is set here', location: locateField(target, '/spec/zone') },
  ];
  return [toProblem(edge.from, message, locateField(resource, edge.pointer), related)];
}

function toProblem(
  key: RefKey,
  message: string,
  location: SourceLocation,
  related: NonNullable<Diagnostic['related']>,
): GraphProblem {
  const hint = 'name one of the same zone';
  return {
    refs: [key],
    diagnostic: { code: 'P206', severity: 'error', message, location, hint, related },
  };
}

function toZoneText(placement: Placement | undefined): string {
  return placement?.state === 'zone' ? placement.zone : '';
}
