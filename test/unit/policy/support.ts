import type { JsonObject } from '../../../reconciler/core/contracts/json.ts';
import {
  compileCel,
  createCelCache,
  evaluateCel,
} from '../../../reconciler/core/policy/evaluate-cel.ts';
import type { Evaluate } from '../../../reconciler/core/policy/judge-effects.ts';
import { parsePolicyFile } from '../../../reconciler/core/policy/parse-policy.ts';
import type { Policy } from '../../../reconciler/core/policy/policy.ts';

export const toBytes = (text: string) => new TextEncoder().encode(text);

/** A policy from the lines of its spec that matter to a test. */
export function makePolicy(name: string, spec: string): Policy {
  const text = [
    'apiVersion: plumbline.dev/v1alpha1',
    'kind: Policy',
    `metadata: { name: ${name} }`,
    'spec:',
    ...spec.split('\n').map((line) => `  ${line}`),
  ].join('\n');
  const { policies, diagnostics } = parsePolicyFile(`${name}.yaml`, toBytes(text));
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return policies[0] as Policy;
}

/** Evaluates in place and counts the trips and the questions. */
export function createCountingEvaluate(): {
  readonly evaluate: Evaluate;
  readonly trips: readonly number[];
} {
  const trips: number[] = [];
  const cache = createCelCache(64);
  return {
    trips,
    evaluate: async (questions) => {
      trips.push(questions.length);
      return questions.map(({ expression, input }) => evaluateCel(cache.get(expression), input));
    },
  };
}

export function run(expression: string, input: JsonObject = {}) {
  return evaluateCel(compileCel(expression), input);
}
