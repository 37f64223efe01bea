import { toRefKey, toRefTitle } from '../../contracts/ref.ts';
import { findNearestName } from '../../spec/nearest-name.ts';
import type { Resource } from '../../spec/resource.ts';
import type { GraphProblem } from '../check-references.ts';
import { locateField } from '../locate-field.ts';
import type { ResourceGraph } from '../resource-graph.ts';
import type { Misfit } from './fit-check.ts';
import { listMisfits } from './list-misfits.ts';

/** Further ones of the same resource would tell its owner nothing new. */
const MAX_MISFITS_OF_ONE = 50;
/** Suggestions cost a comparison with every name, so a repo of nothing but mistakes gets few. */
const MAX_SUGGESTIONS = 200;

/** Resources whose fields do not fit what they name. */
export function checkFits(graph: ResourceGraph): readonly GraphProblem[] {
  const budget = { suggestions: MAX_SUGGESTIONS };
  return [...graph.nodes.values()].flatMap((resource) =>
    listMisfits(resource, (key) => graph.nodes.get(key)?.spec)
      .slice(0, MAX_MISFITS_OF_ONE)
      .map((misfit) => toProblem(graph, resource, misfit, toHint(misfit.hint, budget))),
  );
}

function toHint(hint: Misfit['hint'], budget: { suggestions: number }): string {
  if (typeof hint === 'string') return hint;
  budget.suggestions -= 1;
  const nearest = budget.suggestions < 0 ? null : findNearestName(hint.name, hint.known);
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
