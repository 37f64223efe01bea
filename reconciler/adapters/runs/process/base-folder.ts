import { chmod, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import type { RunStep } from '../../../ports/runs.ts';
import type { BaseLayout } from './folder-layout.ts';
import type { RunFiles } from './run-files.ts';

const MAX_CHANNELS = 64;
const CHANNEL_NAME = /^[A-Za-z][\w-]{0,62}$/;

const READ_ONLY = { file: 0o444, folder: 0o555 } as const;
const WRITABLE = { file: 0o600, folder: 0o700 } as const;

/** Makes room for a step: what it writes is fresh, what earlier steps left is as they left it. */
export async function clearForStep(
  files: RunFiles,
  base: BaseLayout,
  step: RunStep['name'],
): Promise<void> {
  if ((await readType(base.path)) === 'folder') await chmod(base.path, WRITABLE.folder);
  await setModes(base.input, WRITABLE);
  const fresh = {
    prepare: [base.channels],
    train: [base.model, base.output],
    evaluate: [base.result],
  }[step];
  for (const folder of [...fresh, base.config, base.scratch]) {
    await removeLocked(files, folder);
  }
  const { input, config, channels, model, checkpoints, output, outputData, result, scratch } = base;
  const temporary = [join(scratch, 'home'), join(scratch, 'tmp')];
  const lasting = [input, config, channels, model, checkpoints, output, outputData, result];
  for (const folder of [...lasting, ...temporary]) {
    // A program may have put a file or a link in its place, which would be in the way for ever.
    if ((await readType(folder)) !== 'folder') await files.removeTree(folder);
    await files.makeFolder(folder);
  }
}

/** The channels are the folders that the preparation made. */
export async function listChannels(files: RunFiles, base: BaseLayout): Promise<readonly string[]> {
  const entries = (await files.listEntries(base.channels, MAX_CHANNELS)) ?? [];
  return entries
    .filter(({ name, type }) => type === 'folder' && CHANNEL_NAME.test(name))
    .map(({ name }) => name);
}

export async function writeConfig(
  files: RunFiles,
  base: BaseLayout,
  input: {
    readonly files: Readonly<Record<string, JsonObject>>;
    readonly steps: readonly RunStep[];
  },
): Promise<void> {
  for (const [name, content] of Object.entries(input.files)) {
    await writeJson(files, join(base.config, name), content);
  }
  for (const { name, job } of input.steps) {
    if (job !== null) await writeJson(files, toJobPath(base, name), job);
  }
}

export function toJobPath(base: BaseLayout, step: RunStep['name']): string {
  return join(base.config, `${step}.json`);
}

/**
 * Its owner, who is the trainer's user too, could undo it, so it guards against mistakes alone.
 * Against malice the evaluation compares all rows with the digests that were taken before.
 */
export async function sealInput(base: BaseLayout): Promise<void> {
  await setModes(base.input, READ_ONLY);
}

/** The input is sealed, and a program may have locked any folder of its own. */
export async function removeLocked(files: RunFiles, path: string): Promise<void> {
  await unlockFolders(path);
  await files.removeTree(path);
}

async function unlockFolders(path: string): Promise<void> {
  if ((await readType(path)) !== 'folder') return;
  await chmod(path, WRITABLE.folder);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await unlockFolders(join(path, entry.name));
  }
}

/** A folder is opened before what is in it, which is right for both ways. */
async function setModes(
  path: string,
  modes: { readonly file: number; readonly folder: number },
): Promise<void> {
  const type = await readType(path);
  if (type === 'file') return chmod(path, modes.file);
  if (type !== 'folder') return;
  await chmod(path, WRITABLE.folder);
  for (const name of await readdir(path)) await setModes(join(path, name), modes);
  await chmod(path, modes.folder);
}

export async function readType(path: string): Promise<'file' | 'folder' | 'other' | 'none'> {
  try {
    const stats = await lstat(path);
    if (stats.isDirectory()) return 'folder';
    return stats.isFile() ? 'file' : 'other';
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR')) return 'none';
    throw error;
  }
}

async function writeJson(files: RunFiles, path: string, content: JsonObject): Promise<void> {
  await files.writeWhole(path, `${JSON.stringify(content, null, 2)}\n`, 'volatile');
}
