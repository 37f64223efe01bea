import type { JsonObject } from './json.ts';
import { PLATFORM_NAMESPACE, type Ref } from './ref.ts';

export const API_VERSION = 'plumbline.dev/v1alpha1';

/**
 * A resource with defaults filled in and everything without effect left out (labels, comments).
 * Desired and live share this form, so that equality means convergence and a Git diff of the
 * ledger's two folders is exactly the divergence.
 */
export type NormalForm = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: JsonObject;
};

export function toNormalForm(ref: Ref, spec: JsonObject): NormalForm {
  const metadata =
    ref.namespace === PLATFORM_NAMESPACE
      ? { name: ref.name }
      : { name: ref.name, namespace: ref.namespace };
  return { apiVersion: API_VERSION, kind: ref.kind, metadata, spec };
}

export function toRef(form: NormalForm): Ref {
  return {
    kind: form.kind,
    namespace: form.metadata.namespace ?? PLATFORM_NAMESPACE,
    name: form.metadata.name,
  };
}
