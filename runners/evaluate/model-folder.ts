import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../reconciler/core/contracts/has-error-code.ts';
import { refuse } from './refuse.ts';

const MODEL_FILE = 'model.onnx';
const MANIFEST_FILE = 'manifest.json';

/** 64 inputs and outputs and 64 figures stay far below it. */
const MAX_MANIFEST_BYTES = 256 * 1024;

export type ModelFolder = {
  /** Read once, so that what is checked is what is loaded and what is published. */
  readonly model: Uint8Array;
  readonly sha256: string;
  readonly manifestText: string;
};

/** Exactly two plain files, neither empty nor larger than allowed. */
export async function readModelFolder(
  folder: string,
  limits: { readonly maxModelBytes: number },
): Promise<ModelFolder> {
  await checkNames(folder);
  const manifest = await readPlainFile(folder, MANIFEST_FILE, MAX_MANIFEST_BYTES);
  const model = await readPlainFile(folder, MODEL_FILE, limits.maxModelBytes);
  return {
    model,
    sha256: `sha256:${createHash('sha256').update(model).digest('hex')}`,
    manifestText: toText(manifest),
  };
}

async function checkNames(folder: string): Promise<void> {
  try {
    // The third name at the latest is one too many, so this reads no further.
    for await (const { name } of await opendir(folder)) {
      if (name === MODEL_FILE || name === MANIFEST_FILE) continue;
      const shown = JSON.stringify(name).slice(0, 80);
      throw refuse(`the model folder holds ${shown}: only ${MODEL_FILE} and ${MANIFEST_FILE} may`);
    }
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
    throw refuse('the trainer left no model folder');
  }
}

async function readPlainFile(folder: string, name: string, maxBytes: number): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(join(folder, name), flags).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) throw refuse(`the trainer left no ${name}`);
    if (hasErrorCode(error, 'ELOOP', 'ENXIO')) throw refuse(`${name} is no plain file`);
    throw error;
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refuse(`${name} is no plain file`);
    if (stats.size === 0) throw refuse(`${name} is empty`);
    if (stats.size > maxBytes) {
      throw refuse(`${name} has ${stats.size} bytes: at most ${maxBytes} are allowed`);
    }
    const buffer = Buffer.alloc(stats.size);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    if (bytesRead !== stats.size) throw refuse(`${name} changed while it was read`);
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  } finally {
    await handle.close();
  }
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refuse(`${MANIFEST_FILE} is no UTF-8 text`);
  }
}
