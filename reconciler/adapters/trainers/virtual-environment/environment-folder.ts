import { mkdir, open, readdir, readFile, realpath, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../../core/contracts/digest.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';

/**
 * Where the environment of a lock lies. An environment cannot be moved once it is made, so each
 * is made under a name of its own and `ready.json`, written last, says which one is whole. An
 * installer that outlived its killed parent writes into a folder that nobody names.
 */
export type EnvironmentFolder = {
  readonly folder: string;
  readonly readyFile: string;
  readonly lockFile: string;
  readonly lockDigest: Digest;
};

type Ready = {
  readonly lockDigest: string;
  /** The environment's folder beside this file. */
  readonly name: string;
  /** The real path of the interpreter: after an upgrade it is another, or gone. */
  readonly interpreter: string;
};

/** Enough to tell locks apart, and short enough for paths that have a limit. */
const DIGEST_DIGITS = 16;

export function toEnvironmentFolder(
  environmentsFolder: string,
  lockDigest: Digest,
): EnvironmentFolder {
  const name = lockDigest.slice('sha256:'.length, 'sha256:'.length + DIGEST_DIGITS);
  const folder = join(environmentsFolder, name);
  return {
    folder,
    readyFile: join(folder, 'ready.json'),
    lockFile: join(environmentsFolder, `${name}.lock`),
    lockDigest,
  };
}

export function toPython(environmentFolder: string): string {
  return join(environmentFolder, 'bin', 'python');
}

/** The environment's interpreter; null when there is none, or none that is whole. */
export async function findPython(place: EnvironmentFolder): Promise<string | null> {
  const ready = parseReady(await orNull(readFile(place.readyFile, 'utf8')));
  if (ready === null || ready.lockDigest !== place.lockDigest) return null;
  const python = toPython(join(place.folder, ready.name));
  return (await orNull(realpath(python))) === ready.interpreter ? python : null;
}

/** Durable when it resolves: what it names must not be less whole after a power cut. */
export async function markReady(place: EnvironmentFolder, name: string): Promise<string> {
  const python = toPython(join(place.folder, name));
  const interpreter = await realpath(python);
  const ready: Ready = { lockDigest: place.lockDigest, name, interpreter };
  const aside = join(place.folder, `${name}.json`);
  const handle = await open(aside, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ v: 1, ...ready })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(aside, place.readyFile);
  return python;
}

/** Leaves an empty folder: whatever was there is not whole, or no longer wanted. */
export async function clearFolder(place: EnvironmentFolder): Promise<void> {
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  // What says that something is whole goes before the thing itself.
  await rm(place.readyFile, { force: true });
  for (const name of await readdir(place.folder)) await removeTree(join(place.folder, name));
}

export async function removeFolder(place: EnvironmentFolder): Promise<void> {
  await rm(place.readyFile, { force: true });
  await removeTree(place.folder);
}

/** Retries, because an installer that is being killed may still add a file meanwhile. */
function removeTree(path: string): Promise<void> {
  return rm(path, { recursive: true, force: true, maxRetries: 5 });
}

function parseReady(text: string | null): Ready | null {
  if (text === null) return null;
  try {
    const { lockDigest, name, interpreter } = JSON.parse(text) as Partial<Ready>;
    if (typeof lockDigest !== 'string' || typeof interpreter !== 'string') return null;
    return typeof name === 'string' && /^[0-9a-f]+$/.test(name)
      ? { lockDigest, name, interpreter }
      : null;
  } catch {
    return null;
  }
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return null;
    throw error;
  }
}
