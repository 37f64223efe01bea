import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  MODEL_TYPE,
  OCI_MANIFEST_TYPE,
  RECORD_TYPE,
} from '../../../core/artifacts/compose-version.ts';
import { toCanonicalJson } from '../../../core/contracts/canonical-json.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Json, JsonObject } from '../../../core/contracts/json.ts';
import type { Blobs } from './blobs.ts';
import { readText } from './layout-files.ts';
import type { Referrer, Referrers } from './referrers.ts';

/** `oci-layout` and `index.json`: for the tools of others, never read by us. */
export interface LayoutIndex {
  /** Makes a layout of a folder that is none yet, before anything else is put there. */
  prepare(): Promise<void>;
  /** Lists every version that is claimed by now. */
  refresh(): Promise<void>;
}

/** Each round lost means that somebody published in between. */
const MAX_ROUNDS = 100;

const LAYOUT_TEXT = toCanonicalJson({ imageLayoutVersion: '1.0.0' });

export function createLayoutIndex(deps: {
  readonly folder: string;
  readonly blobs: Blobs;
  readonly referrers: Referrers;
}): LayoutIndex {
  const { folder, blobs, referrers } = deps;
  const replace = async (name: string, text: string) => {
    const path = join(folder, name);
    if ((await readText(path)) !== text) await blobs.replaceFile(path, text);
  };

  const refresh = async () => {
    // No lock, which a crash could leave behind: whoever replaces the file looks again, and
    // whoever finds that somebody else was faster replaces it once more.
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const listed = await referrers.list();
      await replace('index.json', toCanonicalJson(await compose(blobs, listed)));
      if ((await referrers.list()).length === listed.length) return;
    }
  };

  return {
    async prepare() {
      if ((await readText(join(folder, 'oci-layout'))) === LAYOUT_TEXT) return;
      await refresh();
      await replace('oci-layout', LAYOUT_TEXT);
    },
    refresh,
  };
}

async function compose(blobs: Blobs, listed: readonly Referrer[]): Promise<Json> {
  const manifests: Json[] = [];
  for (const { version, record } of listed) {
    const described = [
      await describe(blobs, version, MODEL_TYPE),
      await describe(blobs, record, RECORD_TYPE),
    ];
    // A version that somebody damaged must not keep others from being published.
    manifests.push(...(described.includes(null) ? [] : described));
  }
  return { schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests };
}

async function describe(
  blobs: Blobs,
  digest: string,
  artifactType: string,
): Promise<JsonObject | null> {
  try {
    const { size } = await stat(blobs.pathOf(digest));
    return { mediaType: OCI_MANIFEST_TYPE, digest, size, artifactType };
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}
