import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { toCanonicalJson } from '../../reconciler/core/contracts/canonical-json.ts';
import type { EvaluationReport } from '../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import type { ModelManifest } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';

const MODEL = 'model.onnx';
const REPORT = 'evaluation.json';
const MANIFEST = 'manifest.json';

/** What an earlier attempt left must not be taken for the result of this one. */
export async function clearResult(folder: string): Promise<void> {
  for (const name of [MANIFEST, REPORT, MODEL]) await rm(join(folder, name), { force: true });
}

/** The manifest comes last: where it is, everything is. */
export async function writeResult(
  folder: string,
  result: {
    readonly model: Uint8Array;
    readonly manifest: ModelManifest;
    readonly report: EvaluationReport;
  },
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, MODEL), result.model);
  await writeWhole(join(folder, REPORT), toCanonicalJson(result.report));
  await writeWhole(join(folder, MANIFEST), toCanonicalJson(result.manifest));
}

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const asidePath = `${path}.tmp`;
  const handle = await open(asidePath, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(asidePath, path);
}
