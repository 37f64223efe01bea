import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import {
  isSecretKey,
  isSecretName,
  MAX_SECRET_BYTES,
} from '../../../core/contracts/secret-name.ts';
import { Secret, type SecretRef, type SecretSource } from '../../../ports/secrets.ts';

const OTHERS_MASK = 0o077;
const OTHERS_WRITE_MASK = 0o022;

/**
 * Secrets as files `<folder>/<name>/<key>`, readable by their owner alone. One line end at the
 * end of a file is not part of the secret, since editors and `echo` add it.
 */
export function createFileSecrets(options: { readonly folder: string }): SecretSource {
  return {
    async resolve(ref) {
      if (!isSecretName(ref.name) || !isSecretKey(ref.key))
        throw refuse(ref, 'its name is not one');
      const folder = join(options.folder, ref.name);
      await checkFolder(ref, folder);
      return new Secret(await readSecret(ref, join(folder, ref.key)));
    },
  };
}

async function checkFolder(ref: SecretRef, folder: string): Promise<void> {
  const stats = await lstat(folder).catch((cause: unknown) => {
    throw refuse(ref, `${folder} cannot be read`, cause);
  });
  if (!stats.isDirectory()) throw refuse(ref, `${folder} is no folder`);
  checkOwner(ref, folder, stats.uid);
  // Whoever may write the folder may swap the file.
  if ((stats.mode & OTHERS_WRITE_MASK) !== 0) throw refuse(ref, `${folder} is writable by others`);
}

async function readSecret(ref: SecretRef, path: string): Promise<string> {
  // Without a link at its end and without waiting on a pipe; all checks are on the open file.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((cause: unknown) => {
    throw refuse(ref, `${path} cannot be opened`, cause);
  });
  try {
    await checkFile(ref, path, handle);
    return toText(ref, path, await readBounded(ref, path, handle));
  } finally {
    await handle.close();
  }
}

async function checkFile(ref: SecretRef, path: string, handle: FileHandle): Promise<void> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw refuse(ref, `${path} is no file`);
  checkOwner(ref, path, stats.uid);
  if ((stats.mode & OTHERS_MASK) !== 0) {
    throw refuse(ref, `${path} is open to others; run: chmod 600 ${path}`);
  }
}

function checkOwner(ref: SecretRef, path: string, uid: number): void {
  const ours = process.geteuid?.() ?? uid;
  if (uid !== ours) throw refuse(ref, `${path} belongs to another user`);
}

async function readBounded(ref: SecretRef, path: string, handle: FileHandle): Promise<Uint8Array> {
  const buffer = Buffer.alloc(MAX_SECRET_BYTES + 1);
  let length = 0;
  // Each turn reads at least one byte, so the buffer's size bounds the loop.
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > MAX_SECRET_BYTES)
    throw refuse(ref, `${path} is larger than ${MAX_SECRET_BYTES} bytes`);
  if (length === 0) throw refuse(ref, `${path} is empty`);
  return buffer.subarray(0, length);
}

function toText(ref: SecretRef, path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
  } catch {
    // The decoder's own error is left out: nothing that touched the value goes further.
    throw refuse(ref, `${path} is not UTF-8 text`);
  }
}

function refuse(ref: SecretRef, why: string, cause?: unknown): CodedError {
  // A name that came from a hostile file may be long or hold anything: it is printed as data.
  const title = `${JSON.stringify(ref.name)}, key ${JSON.stringify(ref.key)}`.slice(0, 300);
  return new CodedError('P407', `secret ${title}: ${why}`, { cause });
}
