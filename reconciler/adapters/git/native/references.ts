import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isOid, type Oid, type RefName } from '../../../core/contracts/git.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { toGitFailure } from './command.ts';

/** A loose reference holds one oid; `packed-refs` of a million references is about 70 MiB. */
const MAX_LOOSE_BYTES = 1024;
const MAX_PACKED_BYTES = 128 * 1024 * 1024;

/**
 * What a reference holds on disk, loose before packed as Git reads it. Read by us and not by Git
 * because the same reading decides the compare-and-swap, under the lock.
 */
export async function readReference(repositoryPath: string, name: RefName): Promise<Oid | null> {
  const loose = await readIfThere(join(repositoryPath, name), MAX_LOOSE_BYTES);
  if (loose !== null) return parseLoose(name, loose);
  const packed = await readIfThere(join(repositoryPath, 'packed-refs'), MAX_PACKED_BYTES);
  return packed === null ? null : findPacked(packed, name);
}

function parseLoose(name: RefName, text: string): Oid {
  const oid = text.replace(/\s+$/, '');
  if (isOid(oid)) return oid;
  // Following a symbolic reference would move another branch than the one that was asked for.
  throw toGitFailure(`reference ${name} does not hold a commit`, 'it may be symbolic or damaged');
}

function findPacked(text: string, name: RefName): Oid | null {
  const ending = ` ${name}\n`;
  for (let at = text.indexOf(ending); at !== -1; at = text.indexOf(ending, at + 1)) {
    const oid = text.slice(Math.max(0, at - 40), at);
    const startsLine = at === 40 || text[at - 41] === '\n';
    if (startsLine && isOid(oid)) return oid;
  }
  return null;
}

/** A reference that cannot stand beside `name`, because one would have to be the other's folder. */
export async function findConflict(repositoryPath: string, name: RefName): Promise<string | null> {
  const packed = await readIfThere(join(repositoryPath, 'packed-refs'), MAX_PACKED_BYTES);
  if (packed === null) return null;
  const above = name.split('/').map((_, index, parts) => parts.slice(0, index).join('/'));
  const found = above.find((parent) => parent !== '' && packed.includes(` ${parent}\n`));
  if (found !== undefined) return found;
  return packed.includes(` ${name}/`) ? `${name}/…` : null;
}

async function readIfThere(path: string, maxBytes: number): Promise<string | null> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > maxBytes) throw toGitFailure(`${path} is larger than ${maxBytes} bytes`, '');
    return bytes.toString('latin1');
  } catch (error) {
    // Of a folder in the reference's place Git says, too, that there is no such reference.
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return null;
    throw error;
  }
}
