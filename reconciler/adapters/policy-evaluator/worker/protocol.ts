import type { PolicyAnswer, PolicyQuestion } from '../../../ports/policy-evaluator.ts';

export type WorkerStart = {
  /** One 32-bit counter: moves whenever the worker begins a question. */
  readonly progress: SharedArrayBuffer;
};

export type ToWorker = { readonly questions: readonly PolicyQuestion[] };

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'answer'; readonly answer: PolicyAnswer };
