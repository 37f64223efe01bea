import { compareText } from '../contracts/compare-text.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { ReleaseSpec } from '../spec/generated/release.generated.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

export type Share = ReleaseSpec['versions'][number];

export function listShares(form: NormalForm): readonly Share[] {
  return toTypedSpec(form, 'Release').versions;
}

/** The version with the largest share. */
export function findChampion(shares: readonly Share[]): string | null {
  const most = shares.reduce<Share | null>(
    (best, share) => (best === null || share.percent > best.percent ? share : best),
    null,
  );
  return most?.version ?? null;
}

/** The version that a release gives everything to; null for one that shares. */
export function findOnly(shares: readonly Share[]): string | null {
  const [first, ...others] = shares;
  return first !== undefined && others.length === 0 ? first.version : null;
}

/** As people's decimals: 100 - 0.1 is 99.9. */
const DECIMALS = 6;

/** Both versions are there from the first step on, so that nodes hold them while weights move. */
export function splitShares(stable: string, canary: string, percent: number): readonly Share[] {
  const rest = Number((100 - percent).toFixed(DECIMALS));
  return [
    { version: stable, percent: rest },
    { version: canary, percent },
  ].sort((left, right) => compareText(left.version, right.version));
}

/** The same release with other shares. */
export function withShares(form: NormalForm, versions: readonly Share[]): NormalForm {
  return { ...form, spec: { ...form.spec, versions: versions.map((share) => ({ ...share })) } };
}
