import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PreparedRows } from '../../../core/contracts/runner-jobs.ts';
import { listChannels, readType, removeLocked } from './base-folder.ts';
import { digestFile } from './digest-file.ts';
import type { RunFolder } from './folder-layout.ts';
import type { RunFiles } from './run-files.ts';

/** What a model is measured on, its trainer never sees. */
const HELD_BACK = 'test';

const MAX_FILES = 1000;
const MAX_RECORD_BYTES = 1024 * 1024;

/**
 * Right after the preparation: writes down what it left, and takes aside what the training has no
 * business with. Cut short, it is done again with the whole preparation.
 */
export async function keepPrepared(files: RunFiles, folder: RunFolder): Promise<string> {
  const { base } = folder;
  const digests: Record<string, string> = {};
  for (const channel of await listChannels(files, base)) {
    const path = join(base.channels, channel);
    for (const { name, type } of (await files.listEntries(path, MAX_FILES)) ?? []) {
      if (type === 'file') digests[`${channel}/${name}`] = await digestFile(join(path, name));
    }
  }
  const text = `${JSON.stringify({ v: 1, files: digests } satisfies PreparedRows)}\n`;
  await files.writeWhole(folder.prepared, text, 'durable');
  await move(files, join(base.channels, HELD_BACK), join(folder.heldBack, HELD_BACK));
  return text;
}

/** Null when nothing was prepared. Whoever trains could change it, so it is read before. */
export async function readPrepared(files: RunFiles, folder: RunFolder): Promise<string | null> {
  return files.readText(folder.prepared, MAX_RECORD_BYTES);
}

export async function forgetPrepared(files: RunFiles, folder: RunFolder): Promise<void> {
  await removeLocked(files, folder.prepared);
  await removeLocked(files, folder.heldBack);
}

/** Before the evaluation, in place of what the training may have put there. */
export async function handBack(files: RunFiles, folder: RunFolder): Promise<void> {
  await move(files, join(folder.heldBack, HELD_BACK), join(folder.base.channels, HELD_BACK));
}

/** Nothing when it was moved already: an evaluation may be the second one. */
async function move(files: RunFiles, from: string, to: string): Promise<void> {
  if ((await readType(from)) === 'none') return;
  await files.makeFolder(dirname(to));
  await removeLocked(files, to);
  await rename(from, to);
}
