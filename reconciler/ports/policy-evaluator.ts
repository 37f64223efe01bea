import type { Json, JsonObject } from '../core/contracts/json.ts';

export type PolicyQuestion = {
  /** CEL source. */
  readonly expression: string;
  /** What the expression may name: one variable for each member. */
  readonly input: JsonObject;
};

export type PolicyAnswer =
  | { readonly state: 'value'; readonly value: Json }
  /** A syntax error, an evaluation error, a value that JSON cannot carry, or a time-out. */
  | { readonly state: 'error'; readonly why: string };

export interface PolicyEvaluator {
  /** One answer per question, in order. Bounded in time; never throws on a bad expression. */
  evaluate(questions: readonly PolicyQuestion[]): Promise<readonly PolicyAnswer[]>;
  close(): Promise<void>;
}
