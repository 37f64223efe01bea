import type { RouteAcknowledgement } from '../contracts/generated/route-acknowledgement.generated.ts';

/** `refused`: a node has the routes and cannot load the version. */
export type WeightState =
  | { readonly state: 'acknowledged' }
  | { readonly state: 'awaited'; readonly nodes: readonly string[] }
  | { readonly state: 'refused'; readonly node: string; readonly why: string };

/**
 * Whether a weight counts: every node that serves has said that it follows the route table that
 * carries it, and that the canary is ready there. Without nodes nothing counts.
 */
export function hearWeight(input: {
  /** The route revision that carries the weight. */
  readonly revision: number;
  readonly canary: string;
  /** The names of the nodes that are to serve. */
  readonly nodes: readonly string[];
  readonly acknowledgements: readonly RouteAcknowledgement[];
}): WeightState {
  const { revision, canary, nodes, acknowledgements } = input;
  const missing: string[] = [];
  for (const node of nodes) {
    const word = acknowledgements.find((one) => one.node === node && one.revision >= revision);
    const failure = word?.failed.find(({ version }) => version === canary);
    if (failure !== undefined) return { state: 'refused', node, why: failure.why };
    if (word?.loaded.includes(canary) !== true) missing.push(node);
  }
  const isHeard = nodes.length > 0 && missing.length === 0;
  return isHeard ? { state: 'acknowledged' } : { state: 'awaited', nodes: missing };
}
