import { CodedError } from '../core/contracts/coded-error.ts';
import type { VersionRecord } from '../core/contracts/generated/version-record.generated.ts';
import type { StatePaths } from './state-paths.ts';

export type ZoneVersion = { readonly zone: string; readonly record: VersionRecord };

/** Reads the artifact stores of an installation; the reconciler need not run. */
export type ListVersions = (
  paths: StatePaths,
  model: string | null,
) => Promise<readonly ZoneVersion[]>;

/** A version by its digest or the beginning of one, or the newest of a model. */
export async function findVersion(
  listVersions: ListVersions,
  paths: StatePaths,
  wanted: string,
): Promise<ZoneVersion> {
  if (wanted.includes('/')) {
    const [newest] = await listVersions(paths, wanted);
    if (newest !== undefined) return newest;
    throw new CodedError('P807', `the model ${wanted} has no version yet; plumb status says why`);
  }
  const prefix = wanted.startsWith('sha256:') ? wanted : `sha256:${wanted}`;
  const all = await listVersions(paths, null);
  const found = all.filter(({ record }) => record.version.startsWith(prefix));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const why = only === undefined ? 'no version begins' : `${found.length} versions begin`;
  throw new CodedError('P807', `${why} with ${prefix}; plumb model list shows them`);
}
