import { CodedError } from '../core/contracts/coded-error.ts';
import type { VersionRecord } from '../core/contracts/generated/version-record.generated.ts';
import { findMeantName, type ListNames, toNotFound } from './not-found.ts';
import type { StatePaths } from './state-paths.ts';

export type ZoneVersion = { readonly zone: string; readonly record: VersionRecord };

/** Reads the artifact stores of an installation; the reconciler need not run. */
export type ListVersions = (
  paths: StatePaths,
  model: string | null,
) => Promise<readonly ZoneVersion[]>;

export type VersionsDeps = { readonly listVersions: ListVersions; readonly listNames: ListNames };

/** The versions of one model, the newest first, or of all. Throws P807 for one that is unknown. */
export async function readVersions(
  deps: VersionsDeps,
  paths: StatePaths,
  model: string | null,
): Promise<readonly ZoneVersion[]> {
  const versions = await deps.listVersions(paths, model);
  if (model === null || versions.length > 0) return versions;
  const names = await listModels(deps, paths);
  if (!names.includes(model)) throw toNotFound('P807', 'model', model, names);
  return versions;
}

/** A version by its digest or the beginning of one, or the newest of a model. */
export async function findVersion(
  deps: VersionsDeps,
  paths: StatePaths,
  wanted: string,
): Promise<ZoneVersion> {
  if (!wanted.includes('/')) return findByDigest(deps, paths, wanted);
  const [newest] = await readVersions(deps, paths, wanted);
  if (newest !== undefined) return newest;
  throw new CodedError('P807', `the model ${wanted} has no version yet; plumb status says why`);
}

async function findByDigest(
  deps: VersionsDeps,
  paths: StatePaths,
  wanted: string,
): Promise<ZoneVersion> {
  const digits = wanted.replace(/^sha256:/, '');
  const all = await deps.listVersions(paths, null);
  const found = all.filter(({ record }) => record.version.startsWith(`sha256:${digits}`));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined && digits === wanted) {
    const names = await listModels(deps, paths);
    const isDigest = /^[0-9a-f]+$/.test(digits) && findMeantName(wanted, names) === null;
    if (!isDigest) throw toNotFound('P807', 'model', wanted, names);
  }
  const why = only === undefined ? 'no version begins' : `${found.length} versions begin`;
  throw new CodedError('P807', `${why} with sha256:${digits}; plumb model list shows them`);
}

/** What left Git keeps its versions. */
async function listModels(deps: VersionsDeps, paths: StatePaths): Promise<readonly string[]> {
  const versions = await deps.listVersions(paths, null);
  const declared = await deps.listNames(paths, 'Model');
  return [...new Set([...declared, ...versions.map(({ record }) => record.model)])];
}
