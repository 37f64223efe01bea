import type { JsonObject } from '../core/contracts/json.ts';

export type PolicyQuestion = {
  /** CEL source; must give a boolean. */
  readonly expression: string;
  readonly input: JsonObject;
};

export type PolicyAnswer =
  | { readonly state: 'true' }
  | { readonly state: 'false' }
  /** A syntax error, a wrong type, an evaluation error or a time-out: always a denial. */
  | { readonly state: 'error'; readonly why: string };

export interface PolicyEvaluator {
  /** One answer per question, in order. Bounded in time; never throws on a bad expression. */
  evaluate(questions: readonly PolicyQuestion[]): Promise<readonly PolicyAnswer[]>;
  close(): Promise<void>;
}
