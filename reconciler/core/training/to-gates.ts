import type { NormalForm } from '../contracts/normal-form.ts';
import type { Gate } from '../evaluation/judge-gates.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

/** What a version of the model must meet before it is published. */
export function toGates(model: NormalForm): readonly Gate[] {
  return toTypedSpec(model, 'Model').gates.map(({ metric, slice, minimum }) => ({
    metric,
    slice: slice ?? null,
    minimum,
  }));
}
