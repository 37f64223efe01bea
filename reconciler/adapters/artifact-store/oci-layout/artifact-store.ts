import { join } from 'node:path';
import {
  compareRecords,
  composeRecord,
  composeVersion,
  type TextBlob,
} from '../../../core/artifacts/compose-version.ts';
import { CodedError, isCodedError } from '../../../core/contracts/coded-error.ts';
import { isDigest } from '../../../core/contracts/digest.ts';
import type { ModelManifest } from '../../../core/contracts/generated/model-manifest.generated.ts';
import type { VersionRecord } from '../../../core/contracts/generated/version-record.generated.ts';
import { requireContract } from '../../../core/contracts/parse-contract.ts';
import type { ArtifactStore, StoredVersion } from '../../../ports/artifact-store.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { type Blobs, createBlobs } from './blobs.ts';
import { createLayoutIndex, type LayoutIndex } from './layout-index.ts';
import { parseLayers } from './parse-artifact.ts';
import { createReferrers, type Referrers } from './referrers.ts';

/** A manifest of 1,024 features with 256 cells each stays below it. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;

type Parts = {
  readonly blobs: Blobs;
  readonly referrers: Referrers;
  readonly index: LayoutIndex;
  /** By the record's digest: what stands under a digest never changes. */
  readonly records: Map<string, VersionRecord>;
};

/**
 * An OCI image layout that any tool for such layouts can read, copy or push. Publishing stores
 * bytes first, then claims the version for its record in one step, and lists both in `index.json`
 * last: a crash in between leaves bytes that nothing refers to, and publishing again goes on.
 */
export function createOciLayoutArtifactStore(deps: {
  /** Of this store alone; made by the first publication. */
  readonly folder: string;
  readonly randomness: Randomness;
}): ArtifactStore {
  const blobs = createBlobs(deps);
  const referrers = createReferrers(deps);
  const index = createLayoutIndex({ folder: deps.folder, blobs, referrers });
  const parts: Parts = { blobs, referrers, index, records: new Map() };
  return {
    publish: (input) => guard(deps.folder, () => publish(parts, input)),
    find: (version) => guard(deps.folder, () => find(parts, version)),

    findByRun: (runKey) =>
      guard(deps.folder, async () => {
        const records = await listRecords(parts);
        return records.findLast((record) => record.runKey === runKey) ?? null;
      }),

    list: (model) =>
      guard(deps.folder, async () => {
        const records = await listRecords(parts);
        return records.filter((record) => model === null || record.model === model);
      }),
  };
}

async function publish(
  parts: Parts,
  input: Parameters<ArtifactStore['publish']>[0],
): Promise<VersionRecord> {
  const { blobs, referrers } = parts;
  const { manifest, modelFile } = input;
  const version = composeVersion(manifest);
  const record = { ...input.record, version: version.manifest.digest };
  await parts.index.prepare();
  await blobs.copyFile(modelFile, { digest: manifest.sha256, size: manifest.sizeBytes });
  await writeAll(blobs, [...version.blobs, version.manifest]);
  const before = await referrers.find(record.version);
  if (before !== null) {
    await parts.index.refresh();
    return readRecord(parts, before);
  }
  const described = composeRecord(record, version.manifest);
  await writeAll(blobs, [...described.blobs, described.manifest]);
  const first = await referrers.claim({
    version: record.version,
    record: described.manifest.digest,
  });
  await parts.index.refresh();
  return readRecord(parts, first);
}

async function find({ blobs, referrers }: Parts, version: string): Promise<StoredVersion | null> {
  const recordDigest = isDigest(version) ? await referrers.find(version) : null;
  if (recordDigest === null) return null;
  const record = await parseRecord(blobs, recordDigest);
  const what = `the version ${version}`;
  const { config, layers } = parseLayers(await blobs.readText(version, MAX_TEXT_BYTES), what);
  const [model, description] = layers;
  if (model === undefined || description === undefined || record.version !== version) {
    throw new CodedError('P806', `${what} is no artifact of a model`);
  }
  const text = await blobs.readText(description.digest, MAX_TEXT_BYTES);
  const manifest = requireContract('ModelManifest', text, { code: 'P806', what });
  await blobs.readText(config.digest, MAX_TEXT_BYTES);
  await verifyModel(blobs, manifest);
  return { record, manifest, modelFile: blobs.pathOf(manifest.sha256) };
}

async function verifyModel(blobs: Blobs, manifest: ModelManifest): Promise<void> {
  await blobs.verifyFile({ digest: manifest.sha256, size: manifest.sizeBytes });
}

/** Whole ones: a damaged version is refused when somebody asks for it, and keeps no other back. */
async function listRecords(parts: Parts): Promise<readonly VersionRecord[]> {
  const records: VersionRecord[] = [];
  for (const { record } of await parts.referrers.list()) {
    const read = await readRecord(parts, record).catch((error: unknown) => {
      if (isCodedError(error, 'P806')) return null;
      throw error;
    });
    if (read !== null) records.push(read);
  }
  return records.sort(compareRecords);
}

async function readRecord(parts: Parts, digest: string): Promise<VersionRecord> {
  const known = parts.records.get(digest);
  if (known !== undefined) return known;
  const record = await parseRecord(parts.blobs, digest);
  parts.records.set(digest, record);
  return record;
}

async function parseRecord(blobs: Blobs, digest: string): Promise<VersionRecord> {
  const what = `the record ${digest}`;
  const [layer] = parseLayers(await blobs.readText(digest, MAX_TEXT_BYTES), what).layers;
  if (layer === undefined) throw new CodedError('P806', `${what} is no artifact of a record`);
  const text = await blobs.readText(layer.digest, MAX_TEXT_BYTES);
  return requireContract('VersionRecord', text, { code: 'P806', what });
}

async function writeAll(blobs: Blobs, texts: readonly TextBlob[]): Promise<void> {
  for (const text of texts) await blobs.writeText(text);
}

/** A full or failing disk may be better later; what has our code has said what to do. */
async function guard<T>(folder: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const message = `the artifacts in ${join(folder, '/')} cannot be read or written`;
    throw new CodedError('P806', message, { remedy: 'retry', cause });
  }
}
