import type { NormalForm } from '../../../reconciler/core/contracts/normal-form.ts';

/** Which version an effect of a rollout was about, by what is kept of it. */
export function readCanary(target: NormalForm | null): string | null {
  const notes = target?.spec['notes'] as { readonly position?: { readonly canary: string } } | null;
  return notes?.position?.canary ?? null;
}
