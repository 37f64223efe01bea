import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestJson } from '../../../core/contracts/digest.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';

export type ProgramFolder = {
  readonly program: string;
  /** Absolute. */
  readonly entryFile: string;
  readonly lockFile: string;
  readonly lockDigest: Digest;
  /** Over all that a run's result depends on and that is here. */
  readonly digest: Digest;
};

/** Of the contract between a trainer and whoever starts it. */
const CONTRACT_VERSION = 1;

const ENTRY_NAME = 'train.py';
const LOCK_NAME = 'requirements.lock';

/** A program has about ten files of a few KiB; a lock lists hashes for each platform. */
const MAX_FILES = 100;
const MAX_FILE_BYTES = 1024 * 1024;

/** Null when there is no such program: its folder holds no program and lock. */
export async function readProgramFolder(
  programsFolder: string,
  program: string,
): Promise<ProgramFolder | null> {
  // The name becomes part of a path.
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(program)) return null;
  const folder = join(programsFolder, program);
  const names = await listNames(folder);
  if (!names.includes(ENTRY_NAME) || !names.includes(LOCK_NAME)) return null;
  const sources = names.filter((name) => name.endsWith('.py')).sort();
  const files = await Promise.all(
    sources.map(async (name) => [name, await digestFile(join(folder, name))] as const),
  );
  const lockDigest = await digestFile(join(folder, LOCK_NAME));
  return {
    program,
    entryFile: join(folder, ENTRY_NAME),
    lockFile: join(folder, LOCK_NAME),
    lockDigest,
    digest: digestJson({
      contractVersion: CONTRACT_VERSION,
      lock: lockDigest,
      files: Object.fromEntries(files),
    }),
  };
}

async function listNames(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    if (names.length > MAX_FILES) throw new Error(`${folder} has over ${MAX_FILES} entries`);
    return names;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

async function digestFile(path: string): Promise<Digest> {
  const { size } = await stat(path);
  if (size > MAX_FILE_BYTES) throw new Error(`${path} is larger than ${MAX_FILE_BYTES} bytes`);
  return `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`;
}
