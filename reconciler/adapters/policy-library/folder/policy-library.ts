import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import {
  isPackFile,
  isPackName,
  MAX_PACK_FILE_BYTES,
  MAX_PACK_FILES,
} from '../../../core/policy/pack-limits.ts';
import type { PackFile, PolicyLibrary } from '../../../ports/policy-library.ts';

/** Packs as folders: `<folder>/<pack>/<policy>.yaml`. */
export function createFolderPolicyLibrary(options: { readonly folder: string }): PolicyLibrary {
  return {
    async readPack(name) {
      if (!isPackName(name)) throw refuse(name, 'its name is not one');
      const folder = join(options.folder, name);
      const names = await listFiles(name, folder);
      const files: PackFile[] = [];
      for (const path of names) {
        files.push({ path, bytes: await readFile(name, join(folder, path)) });
      }
      return files;
    },
  };
}

async function listFiles(name: string, folder: string): Promise<readonly string[]> {
  const stats = await lstat(folder).catch((cause: unknown) => {
    throw refuse(name, `${folder} is not there`, cause);
  });
  if (!stats.isDirectory()) throw refuse(name, `${folder} is no folder`);
  const names = (await readdir(folder)).filter(isPackFile).sort();
  if (names.length > MAX_PACK_FILES) throw refuse(name, `it has over ${MAX_PACK_FILES} files`);
  return names;
}

async function readFile(name: string, path: string): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((cause: unknown) => {
    throw refuse(name, `${path} cannot be read`, cause);
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw refuse(name, `${path} is no file`);
    if (stats.size > MAX_PACK_FILE_BYTES) {
      throw refuse(name, `${path} is larger than ${MAX_PACK_FILE_BYTES} bytes`);
    }
    return new Uint8Array(await handle.readFile());
  } finally {
    await handle.close();
  }
}

function refuse(name: string, why: string, cause?: unknown): CodedError {
  return new CodedError('P304', `policy pack ${JSON.stringify(name.slice(0, 100))}: ${why}`, {
    cause,
  });
}
