import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { RunFacts } from '../../../core/runs/run-environment.ts';
import { digestFile } from './digest-file.ts';
import type { RunFiles } from './run-files.ts';

const LATEST = 'LATEST';
const MAX_LATEST_BYTES = 1024 * 1024;
const MAX_FILES = 1000;
const MAX_ENTRIES = 10_000;

/** Of all its files: reading them holds up the run, and its cancellation too. */
const MAX_CHECKPOINT_BYTES = 16 * 1024 ** 3;

/** One path segment that is no way out. */
const PLAIN_SEGMENT = /^(?!\.{1,2}$)[\w.-]{1,255}$/;

/**
 * Whether there is a checkpoint that is whole and of this very run. One that is not is taken out
 * of the way, so that no program goes on from it, whether or not it looks at the digests itself.
 */
export async function settleCheckpoints(
  files: RunFiles,
  folder: string,
  run: RunFacts,
): Promise<boolean> {
  for (const { name } of await listEntries(folder)) {
    if (name.endsWith('.partial')) await rm(join(folder, name), { recursive: true, force: true });
  }
  if (await isLatestWhole(files, folder, run)) return true;
  await rm(join(folder, LATEST), { recursive: true, force: true });
  return false;
}

/** Changes whenever a checkpoint comes, grows or goes. */
export async function markCheckpoints(folder: string): Promise<number> {
  let mark = 0;
  for (const { name, isFolder } of await listEntries(folder)) {
    mark += await toMark(join(folder, name));
    if (!isFolder) continue;
    for (const inner of await listEntries(join(folder, name))) {
      mark += await toMark(join(folder, name, inner.name));
    }
  }
  return mark;
}

export async function isLatestWhole(
  files: RunFiles,
  folder: string,
  run: RunFacts,
): Promise<boolean> {
  try {
    const text = await files.readText(join(folder, LATEST), MAX_LATEST_BYTES);
    if (text === null) return false;
    const latest = parseLatest(text, run);
    if (latest === null) return false;
    let bytesLeft = MAX_CHECKPOINT_BYTES;
    for (const [name, digest] of latest.files) {
      const { path, bytes } = await findFile(folder, [latest.path, ...name.split('/')]);
      if ((await digestFile(path, bytesLeft)) !== digest) return false;
      bytesLeft -= bytes;
    }
    return true;
  } catch (error) {
    // What a program left in that place may be anything: a link, a folder, too large, gone.
    if (error instanceof Error) return false;
    throw error;
  }
}

/** Throws when a folder on the way, the first one included, is a link or none. */
async function findFile(folder: string, segments: readonly string[]) {
  let path = folder;
  for (const segment of segments) {
    if (!(await lstat(path)).isDirectory()) throw new Error(`${path} is no folder`);
    path = join(path, segment);
  }
  return { path, bytes: (await lstat(path)).size };
}

function parseLatest(text: string, run: RunFacts) {
  const value = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
  const { path, files, specDigest, snapshotDigest, seed } = value ?? {};
  const isOfRun =
    specDigest === run.digests.spec && snapshotDigest === run.digests.snapshot && seed === run.seed;
  if (!isOfRun || typeof path !== 'string' || !PLAIN_SEGMENT.test(path)) return null;
  if (files === null || typeof files !== 'object') return null;
  const entries: readonly [string, unknown][] = Object.entries(files);
  if (entries.length === 0 || entries.length > MAX_FILES) return null;
  const areNamesPlain = entries.every(([name]) =>
    name.split('/').every((segment) => PLAIN_SEGMENT.test(segment)),
  );
  return areNamesPlain ? { path, files: entries } : null;
}

async function listEntries(folder: string) {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .slice(0, MAX_ENTRIES)
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}

async function toMark(path: string): Promise<number> {
  try {
    const { size, mtimeMs } = await lstat(path);
    return size + mtimeMs;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
