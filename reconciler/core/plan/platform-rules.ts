import type { Json } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';

/** What the Platform resource rules about admission. */
export type PlatformRules = {
  readonly deletionCapPercent: number;
  readonly policies: readonly string[];
  readonly requireSignedCommits: boolean;
  readonly allowedSigners: string;
};

/** Without a Platform nothing may be removed, and the built-in safety pack applies. */
const STRICT_RULES: PlatformRules = {
  deletionCapPercent: 0,
  policies: ['safety'],
  requireSignedCommits: false,
  allowedSigners: 'allowed_signers',
};

/**
 * Rules are taken from what was admitted before, so that a revision cannot loosen the rules it
 * is itself judged by.
 */
export function toPlatformRules(admitted: readonly NormalForm[]): PlatformRules {
  const spec = admitted.find((form) => form.kind === 'Platform')?.spec;
  if (spec === undefined) return STRICT_RULES;
  const policies = spec['policies'];
  return {
    deletionCapPercent: Number(spec['deletionCapPercent'] ?? STRICT_RULES.deletionCapPercent),
    policies: Array.isArray(policies) ? policies.map((pack: Json) => String(pack)) : [],
    requireSignedCommits: spec['requireSignedCommits'] === true,
    allowedSigners: String(spec['allowedSigners'] ?? STRICT_RULES.allowedSigners),
  };
}

/** Who must have approved what main holds. */
export type RequiredApprovals = 'none' | 'self' | 'other';

/** Without a Platform nobody can have asked for less than the most. */
export function toRequiredApprovals(forms: readonly NormalForm[]): RequiredApprovals {
  const spec = forms.find((form) => form.kind === 'Platform')?.spec;
  if (spec === undefined) return 'other';
  const wanted = spec['requiredApprovals'];
  return wanted === 'self' || wanted === 'other' ? wanted : 'none';
}
