import type { Ref } from '../../contracts/ref.ts';
import type { Kind, SpecByKind } from '../../spec/generated/kinds.generated.ts';

/** A field of one resource that does not fit what another one says. */
export type Misfit = {
  readonly pointer: string;
  readonly message: string;
  /** What to do; or, for a name that the other resource does not have, those that it has. */
  readonly hint: string | { readonly name: string; readonly known: readonly string[] };
  /** The other side of it. */
  readonly other: { readonly ref: Ref; readonly pointer: string };
  /** Further resources that have a say in it, such as those that lead there. */
  readonly through?: readonly Ref[];
};

/** A resource that another one names. */
export type Found<K extends Kind> = { readonly ref: Ref; readonly spec: SpecByKind[K] };

/**
 * Finds what a resource names: in its own namespace, or in the platform when the kind belongs
 * there. Null when there is none to be read, which is reported as such and is no misfit.
 */
export type Find = <K extends Kind>(kind: K, name: string) => Found<K> | null;

/** How a resource fits what it names. */
export type FitCheck<S> = (spec: S, find: Find) => readonly Misfit[];
