import { createHash } from 'node:crypto';
import { compareRecords, composeVersion } from '../../../core/artifacts/compose-version.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { ModelManifest } from '../../../core/contracts/generated/model-manifest.generated.ts';
import type { ArtifactStore, StoredVersion } from '../../../ports/artifact-store.ts';

export type MemoryArtifactStoreDeps = {
  /** By version: it outlives a simulated crash. */
  readonly versions: Map<string, StoredVersion>;
  /** The bytes behind a path, wherever they lie; null when there are none. */
  readonly readModel: (path: string) => Promise<Uint8Array | null>;
};

/** Keeps what is said of a model, and leaves its bytes where they are. */
export function createMemoryArtifactStore(deps: MemoryArtifactStoreDeps): ArtifactStore {
  const { versions } = deps;
  const listRecords = () => [...versions.values()].map(({ record }) => record).sort(compareRecords);
  return {
    async publish({ manifest, modelFile, record }) {
      const version = composeVersion(manifest).manifest.digest;
      await checkModel(deps, manifest, modelFile);
      const before = versions.get(version);
      if (before !== undefined) return before.record;
      const stored = { manifest, modelFile, record: { ...record, version } };
      versions.set(version, structuredClone(stored));
      return stored.record;
    },

    async find(version) {
      const stored = versions.get(version);
      if (stored === undefined) return null;
      await checkModel(deps, stored.manifest, stored.modelFile);
      return structuredClone(stored);
    },

    async findByRun(runKey) {
      return structuredClone(listRecords().findLast((record) => record.runKey === runKey) ?? null);
    },

    async list(model) {
      const records = listRecords().filter((record) => model === null || record.model === model);
      return structuredClone(records);
    },
  };
}

async function checkModel(
  deps: MemoryArtifactStoreDeps,
  manifest: ModelManifest,
  modelFile: string,
): Promise<void> {
  const bytes = await deps.readModel(modelFile);
  const digest = bytes && `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (bytes?.length === manifest.sizeBytes && digest === manifest.sha256) return;
  throw new CodedError('P806', `the model's file is not the ${manifest.sha256} of its manifest`);
}
