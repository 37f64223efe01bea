import { toRefKey, toRefTitle } from '../../contracts/ref.ts';
import type { Resource } from '../../spec/resource.ts';
import type { GraphProblem } from '../check-references.ts';
import { locateField } from '../locate-field.ts';
import type { ResourceGraph } from '../resource-graph.ts';
import { createSuggester, type Suggest } from '../suggester.ts';
import type { Misfit } from './fit-check.ts';
import { listMisfits } from './list-misfits.ts';

/** Further ones of the same resource would tell its owner nothing new. */
const MAX_MISFITS_OF_ONE = 50;

/** Resources whose fields do not fit what they name. */
export function checkFits(graph: ResourceGraph): readonly GraphProblem[] {
  const suggest = createSuggester();
  return [...graph.nodes.values()].flatMap((resource) =>
    listMisfits(resource, (key) => graph.nodes.get(key)?.spec)
      .slice(0, MAX_MISFITS_OF_ONE)
      .map((misfit) => toProblem(graph, resource, misfit, toHint(misfit.hint, suggest))),
  );
}

function toHint(hint: Misfit['hint'], suggest: Suggest): string {
  if (typeof hint === 'string') return hint;
  const nearest = suggest(hint.name, hint.known);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  return `there is: ${hint.known.slice(0, 20).join(', ')}`;
}

function toProblem(
  graph: ResourceGraph,
  resource: Resource,
  { pointer, message, other }: Misfit,
  hint: string,
): GraphProblem {
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
