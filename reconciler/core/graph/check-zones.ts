import { type RefKey, toRefTitle } from '../contracts/ref.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import { toQuoted } from '../spec/printable.ts';
import type { Resource } from '../spec/resource.ts';
import type { GraphProblem } from './check-references.ts';
import { locateField } from './locate-field.ts';
import { type Placements, toZone } from './placement.ts';
import { dependenciesOf, type Edge, type ResourceGraph } from './resource-graph.ts';

/** Neighbours that must stand in one zone and do not. */
export function checkZones(graph: ResourceGraph, placements: Placements): readonly GraphProblem[] {
  return [...graph.nodes].flatMap(([key, resource]) =>
    dependenciesOf(graph, key).flatMap((edge) => checkNeighbour(graph, placements, resource, edge)),
  );
}

function checkNeighbour(
  graph: ResourceGraph,
  placements: Placements,
  resource: Resource,
  edge: Edge,
): readonly GraphProblem[] {
  const target = graph.nodes.get(edge.toKey);
  if (!edge.sameZone || target === undefined) return [];
  const here = toZone(placements.get(edge.from)) ?? '';
  const there = toZone(placements.get(edge.toKey)) ?? '';
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
