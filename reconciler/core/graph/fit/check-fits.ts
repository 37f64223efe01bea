import { toRefKey, toRefTitle } from '../../contracts/ref.ts';
import type { Resource } from '../../spec/resource.ts';
import type { GraphProblem } from '../check-references.ts';
import { locateField } from '../locate-field.ts';
import type { ResourceGraph } from '../resource-graph.ts';
import type { Misfit } from './fit-check.ts';
import { listMisfits } from './list-misfits.ts';

/** Resources whose fields do not fit what they name. */
export function checkFits(graph: ResourceGraph): readonly GraphProblem[] {
  return [...graph.nodes.values()].flatMap((resource) =>
    listMisfits(resource, (key) => graph.nodes.get(key)?.spec).map((misfit) =>
      toProblem(graph, resource, misfit),
    ),
  );
}

function toProblem(graph: ResourceGraph, resource: Resource, misfit: Misfit): GraphProblem {
  const { pointer, message, hint, other } = misfit;
  const neighbour = graph.nodes.get(toRefKey(other.ref));
  const related =
    neighbour === undefined
      ? []
      : [
          {
            message: `${toRefTitle(other.ref)} says otherwise here`,
            location: locateField(neighbour, other.pointer),
          },
        ];
  const location = locateField(resource, pointer);
  return {
    refs: [toRefKey(resource.ref)],
    diagnostic: { code: 'P207', severity: 'error', message, location, hint, related },
  };
}
