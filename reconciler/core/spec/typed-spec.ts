import type { NormalForm } from '../contracts/normal-form.ts';
import type { Kind, SpecByKind } from './generated/kinds.generated.ts';

/** The spec of a normal form, in the type that its kind's schema promises. */
export function toTypedSpec<K extends Kind>(form: NormalForm, kind: K): SpecByKind[K] {
  if (form.kind !== kind) throw new Error(`expected a ${kind}, got a ${form.kind}`);
  return form.spec as unknown as SpecByKind[K];
}
