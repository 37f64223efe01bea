import type { ErrorCode } from '../../contracts/error-codes.ts';
import type { Ref } from '../../contracts/ref.ts';
import type { FieldProblem } from '../validate-value.ts';

/** What a schema cannot say of one document's own fields. It sees a spec that the schema accepts. */
export type FieldCheck<S> = (spec: S, ref: Pick<Ref, 'name'>) => readonly FieldProblem[];

/** A mistake in a value. */
export function problemAt(
  code: ErrorCode,
  pointer: string,
  message: string,
  hint: string,
): FieldProblem {
  return { code, message, hint, pointer, atKey: false };
}

/** A field that has no meaning beside the others, marked at its name. */
export function refusedAt(pointer: string, message: string, hint: string): FieldProblem {
  return { code: 'P115', message, hint, pointer, atKey: true };
}
