import { CodedError } from '../core/contracts/coded-error.ts';
import type { RefKey } from '../core/contracts/ref.ts';
import type { DescribedGraph, DescribedNode } from '../core/graph/described-graph.ts';
import { findNode } from '../core/graph/find-node.ts';

/** How commands say what a RESOURCE is. */
export const RESOURCE_HELP = `  RESOURCE         KIND/NAMESPACE/NAME, or as much of that as tells it from the
                   others, such as payments/fraud, model/fraud or target/laptop`;

/** What a person names on a command line, valid or held back. */
export function findResource(
  graph: DescribedGraph,
  wanted: string,
): { readonly key: RefKey; readonly node: DescribedNode } {
  const search = findNode(graph, wanted);
  if (search.state === 'found') return search;
  if (search.state === 'several') {
    const keys = search.keys.slice(0, 5).join(', ');
    throw new CodedError('P601', `${wanted} may be ${keys}: name one`);
  }
  const { nearest } = search;
  const instead = nearest === null ? 'a folder is named by --dir' : `did you mean ${nearest}?`;
  throw new CodedError('P601', `there is no resource ${wanted} here; ${instead}`);
}
