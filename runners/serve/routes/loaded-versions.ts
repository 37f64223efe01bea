import { CodedError, isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { toCodedText } from '../../../reconciler/core/contracts/coded-text.ts';
import type {
  FeatureContract,
  ModelManifest,
} from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { ArtifactStore } from '../../../reconciler/ports/artifact-store.ts';
import type { Model } from '../models/model.ts';
import type { ModelFile } from '../models/model-messages.ts';
import { toVersionForm, type VersionForm } from './version-form.ts';

export type LoadedVersion = {
  readonly version: string;
  readonly manifest: ModelManifest;
  readonly form: VersionForm;
  readonly model: Model;
};

export type LoadedVersions = {
  /** Loads what is not loaded yet. Answers with why when it cannot be; that is tried again next time. */
  readonly ensure: (version: string) => Promise<LoadedVersion | { readonly why: string }>;
  /** Closes what is not among these. Nothing may run on it any more. */
  readonly keepOnly: (versions: ReadonlySet<string>) => Promise<void>;
};

export type LoadedVersionsDeps = {
  readonly artifacts: Pick<ArtifactStore, 'find'>;
  readonly openModel: (file: ModelFile) => Promise<Model>;
  /** Throws when what the version looks up of an entity is known to be missing. */
  readonly requireFeatures: (contract: FeatureContract) => Promise<void>;
};

/** Models by version: endpoints that serve the same one share it. */
export function createLoadedVersions(deps: LoadedVersionsDeps): LoadedVersions {
  const loaded = new Map<string, LoadedVersion>();
  return {
    async ensure(version) {
      const there = loaded.get(version);
      if (there !== undefined) return there;
      try {
        const fresh = await load(deps, version);
        loaded.set(version, fresh);
        return fresh;
      } catch (error) {
        return { why: describe(error) };
      }
    },
    async keepOnly(versions) {
      const others = [...loaded.values()].filter(({ version }) => !versions.has(version));
      for (const { version } of others) loaded.delete(version);
      await Promise.all(others.map(({ model }) => model.close()));
    },
  };
}

async function load(deps: LoadedVersionsDeps, version: string): Promise<LoadedVersion> {
  const stored = await deps.artifacts.find(version);
  if (stored === null) {
    throw new CodedError('P806', 'there is no such version in the artifact store of this zone');
  }
  const { manifest, modelFile } = stored;
  const form = toVersionForm(manifest);
  if (form.takesFeatures) await deps.requireFeatures(manifest.contract);
  const { inputs, outputs, maxRows } = form;
  const forms = { inputs, outputs };
  const file = { path: modelFile, sha256: manifest.sha256, forms, maxRows };
  return { version, manifest, form, model: await deps.openModel(file) };
}

function describe(error: unknown): string {
  return isCodedError(error)
    ? toCodedText(error.code, error.message)
    : toCodedText('P804', 'the model cannot be loaded');
}
