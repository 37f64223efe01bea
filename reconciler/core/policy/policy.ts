import { type Digest, digestJson } from '../contracts/digest.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { API_VERSION } from '../contracts/normal-form.ts';

/** What follows from a finding. An error in a policy denies whatever it says here. */
export type Enforcement = 'deny' | 'warn';

export type PolicyVariable = { readonly name: string; readonly expression: string };

export type PolicyValidation = {
  /** CEL; must give `true` for what is allowed. */
  readonly expression: string;
  readonly message: string | null;
  /** CEL that gives the message; `message` is the fallback. */
  readonly messageExpression: string | null;
};

/** A document of kind Policy, in the shape of a Kubernetes ValidatingAdmissionPolicy. */
export type Policy = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Policy';
  readonly metadata: { readonly name: string };
  readonly spec: {
    /** Which effects it judges: by the kind of the resource and the action on it. */
    readonly match: { readonly kinds: readonly string[]; readonly actions: readonly string[] };
    readonly params: JsonObject;
    readonly variables: readonly PolicyVariable[];
    readonly validations: readonly PolicyValidation[];
    readonly actions: readonly Enforcement[];
  };
};

/** The same bytes of policy give other verdicts under another engine, so it is part of them. */
const ENGINE = 'cel-0.6.1/1';

export type PolicySet = { readonly policies: readonly Policy[]; readonly digest: Digest };

/** Sorted by name, so that neither the order of packs nor that of files is part of a verdict. */
export function toPolicySet(policies: readonly Policy[]): PolicySet {
  const sorted = [...policies].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  return { policies: sorted, digest: digestJson({ v: 1, engine: ENGINE, policies: sorted }) };
}
