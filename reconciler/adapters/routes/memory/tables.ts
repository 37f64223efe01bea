import type { KeptRoute } from '../../../core/serving/compose-routes.ts';
import type { HeardNode } from '../../../core/serving/hear-acknowledgement.ts';

/** The durable part, apart from the handles: it outlives a simulated crash. Mutable on purpose. */
export type MemoryRouteTables = {
  /** The highest epoch seen. */
  epoch: number;
  revision: number;
  readonly routes: Map<string, KeptRoute>;
  /** In the order in which they were last heard. */
  readonly nodes: Map<string, HeardNode>;
};

export function createMemoryRouteTables(): MemoryRouteTables {
  return { epoch: 0, revision: 0, routes: new Map(), nodes: new Map() };
}
