import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toCanonicalJson } from '../contracts/canonical-json.ts';
import { compareText } from '../contracts/compare-text.ts';
import { type Digest, digestText } from '../contracts/digest.ts';
import type { ModelManifest } from '../contracts/generated/model-manifest.generated.ts';
import type { VersionRecord } from '../contracts/generated/version-record.generated.ts';
import type { Json, JsonObject } from '../contracts/json.ts';

/** Media types of the OCI image specification 1.1. */
export const OCI_MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const OCI_EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';

/** Media types of the CNCF ModelPack specification. */
export const MODEL_TYPE = 'application/vnd.cncf.model.manifest.v1+json';
const MODEL_CONFIG_TYPE = 'application/vnd.cncf.model.config.v1+json';
const MODEL_WEIGHT_TYPE = 'application/vnd.cncf.model.weight.v1.raw';
const MODEL_WEIGHT_CONFIG_TYPE = 'application/vnd.cncf.model.weight.config.v1.raw';
const FILE_PATH = 'org.cncf.model.filepath';

export const RECORD_TYPE = 'application/vnd.plumbline.version-record.v1+json';

export type Descriptor = {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
};

/** A text stored under its own digest. */
export type TextBlob = { readonly digest: Digest; readonly size: number; readonly text: string };

export type ComposedArtifact = {
  /** The OCI manifest, whose digest names the artifact. */
  readonly manifest: TextBlob;
  /** What it refers to, apart from the model's own bytes. */
  readonly blobs: readonly TextBlob[];
};

/**
 * A model version as an OCI artifact. Its digest is the version, so everything here depends on
 * the model and its manifest alone: neither a time nor a name.
 */
export function composeVersion(manifest: ModelManifest): ComposedArtifact {
  const description = toBlob(manifest);
  const diffIds = [manifest.sha256, description.digest];
  const config = toBlob({
    descriptor: {},
    config: { format: 'onnx' },
    modelfs: { type: 'layers', diffIds },
  });
  const layers = [
    {
      mediaType: MODEL_WEIGHT_TYPE,
      digest: manifest.sha256,
      size: manifest.sizeBytes,
      annotations: { [FILE_PATH]: manifest.file },
    },
    {
      ...toDescriptor(MODEL_WEIGHT_CONFIG_TYPE, description),
      annotations: { [FILE_PATH]: 'manifest.json' },
    },
  ];
  return {
    manifest: toBlob({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST_TYPE,
      artifactType: MODEL_TYPE,
      config: toDescriptor(MODEL_CONFIG_TYPE, config),
      layers,
    }),
    blobs: [config, description],
  };
}

/** What is known of a version beside its bytes: an artifact that refers to it as its subject. */
export function composeRecord(record: VersionRecord, version: TextBlob): ComposedArtifact {
  const empty = toBlob({});
  const description = toBlob(record);
  return {
    manifest: toBlob({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST_TYPE,
      artifactType: RECORD_TYPE,
      config: toDescriptor(OCI_EMPTY_TYPE, empty),
      layers: [toDescriptor(RECORD_TYPE, description)],
      subject: toDescriptor(OCI_MANIFEST_TYPE, version),
    }),
    blobs: [empty, description],
  };
}

/** Newest first; the order of what is equally old is fixed too. */
export function compareRecords(left: VersionRecord, right: VersionRecord): number {
  const byTime = Date.parse(right.publishedAt) - Date.parse(left.publishedAt);
  if (byTime !== 0) return byTime;
  return compareText(left.version, right.version);
}

function toDescriptor(mediaType: string, blob: TextBlob): Descriptor & JsonObject {
  return { mediaType, digest: blob.digest, size: blob.size };
}

function toBlob(value: Json): TextBlob {
  const text = toCanonicalJson(value);
  return { digest: digestText(text), size: utf8ToBytes(text).length, text };
}
