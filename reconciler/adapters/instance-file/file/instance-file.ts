import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isOid } from '../../../core/contracts/git.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import type { Instance, InstanceFile } from '../../../ports/instance-file.ts';

/** A small JSON file of the installation; written aside and renamed, so that it is never torn. */
export function createInstanceFile(path: string): InstanceFile {
  return {
    read: async () => {
      const text = await readIfPresent(path);
      return text === null ? null : parseInstance(text, path);
    },
    write: async (instance) => {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const aside = `${path}.partial`;
      const file = await open(aside, 'w', 0o600);
      try {
        await file.writeFile(`${JSON.stringify(instance)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path);
      await syncFolder(dirname(path));
    },
  };
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw new CodedError('P603', `${path} cannot be read`, { cause: error });
  }
}

function parseInstance(text: string, path: string): Instance {
  try {
    const value: unknown = JSON.parse(text);
    if (isInstance(value)) return { version: 1, genesis: value.genesis };
  } catch {
    // Said below, together with every other way of being wrong.
  }
  throw new CodedError(
    'P603',
    `${path} is not the record of an installation; restore or remove it`,
  );
}

function isInstance(value: unknown): value is Instance {
  if (typeof value !== 'object' || value === null) return false;
  const { version, genesis } = value as Partial<Record<keyof Instance, unknown>>;
  return version === 1 && typeof genesis === 'string' && isOid(genesis);
}
