import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';

/** ONNX files cannot be larger. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/**
 * The bytes that are loaded are the bytes that were approved: read once, and compared before use.
 * Throws P804 when they are not.
 */
export async function readModelFile(path: string, sha256: string): Promise<Uint8Array> {
  const bytes = await read(path);
  const found = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  if (found === sha256) return bytes;
  throw new CodedError('P804', 'the model file has another digest than its manifest says');
}

async function read(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size <= MAX_MODEL_BYTES) return await readFile(path);
  } catch (cause) {
    throw new CodedError('P804', 'the model file cannot be read', { cause, remedy: 'retry' });
  }
  throw new CodedError('P804', 'the model file is larger than 2 GiB');
}
