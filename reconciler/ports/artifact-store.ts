import type { ModelManifest } from '../core/contracts/generated/model-manifest.generated.ts';
import type { VersionRecord } from '../core/contracts/generated/version-record.generated.ts';

export type StoredVersion = {
  readonly record: VersionRecord;
  readonly manifest: ModelManifest;
  /** Absolute: the model's bytes, of the digest that the manifest says. */
  readonly modelFile: string;
};

/** Model versions of one zone, as OCI artifacts, named by digest and by nothing else. */
export interface ArtifactStore {
  /**
   * Stores a version with its record. The digest depends on manifest and model alone, so the same
   * bytes are the same version, and publishing again changes nothing: the first record stays.
   * Durable when it resolves. Throws P806 when the model's bytes are not those of the manifest.
   */
  publish(input: {
    readonly manifest: ModelManifest;
    readonly modelFile: string;
    readonly record: Omit<VersionRecord, 'version'>;
  }): Promise<VersionRecord>;
  /** Null when there is no such version. Throws P806 when its bytes have another digest by now. */
  find(version: string): Promise<StoredVersion | null>;
  /** The version that a run led to; the first that was published when there are several. */
  findByRun(runKey: string): Promise<VersionRecord | null>;
  /** Newest first; of one model, or of all. One that is damaged keeps no other back: it is left out. */
  list(model: string | null): Promise<readonly VersionRecord[]>;
}
