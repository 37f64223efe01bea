import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import type { PredictionRequest, Predictions } from '../../../ports/predictions.ts';

/** What a node does with a request: it answers, or throws what it refuses with. */
export type MemoryNodeAnswer = (request: PredictionRequest) => JsonObject;

/** Nodes that are functions, by their address. */
export function createMemoryPredictions(deps: {
  readonly nodes: ReadonlyMap<string, MemoryNodeAnswer>;
}): Predictions {
  return {
    async predict(url, request) {
      const answer = deps.nodes.get(url);
      if (answer !== undefined) return structuredClone(answer(structuredClone(request)));
      throw new CodedError('P810', `no serving node answers at ${url}`, { remedy: 'retry' });
    },
  };
}
