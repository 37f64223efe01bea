import { lstat, mkdir, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncPath } from '../../../machine/durable-file.ts';
import type { DataConnection } from '../../../ports/data-connections.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import {
  isAsMade,
  MADE_FILE,
  type Made,
  type MadeFile,
  readMade,
  readMadeFile,
  writeMade,
} from './made.ts';

/** The largest scenario takes a minute on a laptop. */
const LIMIT_MS = 10 * 60_000;

/** Which no connection can be called: a plain name has no dot. */
const ASIDE = '.making-';

type Synthetic = NonNullable<DataConnection['synthetic']>;

/**
 * Makes the folder hold made-up files beside what people put there. They are written elsewhere
 * first; what the folder says of itself goes ahead of each step, so that after a crash anywhere the
 * same call finishes the work and never takes a file of ours for a person's.
 */
export async function makeUp(
  deps: { readonly programRunner: ProgramRunner; readonly randomness: Randomness },
  folder: string,
  synthetic: Synthetic,
): Promise<void> {
  const made = await readMade(folder);
  if (made !== null && (await isAsMade(folder, made, synthetic))) return;
  await removeAsides(folder);
  const aside = `${toAsidePrefix(folder)}${Buffer.from(deps.randomness.bytes(8)).toString('hex')}`;
  await mkdir(aside, { mode: 0o700 });
  try {
    const job = { v: 1, ...synthetic, outputFolder: aside };
    const ask = { program: 'synthesize', verb: 'synthesize', job, limitMs: LIMIT_MS } as const;
    await deps.programRunner.run(ask);
    await moveIn({ from: aside, to: folder, synthetic, before: made });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

type Move = {
  readonly from: string;
  readonly to: string;
  readonly synthetic: Synthetic;
  readonly before: Made | null;
};

async function moveIn({ from, to, synthetic, before }: Move): Promise<void> {
  const files = await listMade(from);
  const ours = (before?.files ?? []).map(({ name }) => name);
  for (const { name } of files) {
    if (!ours.includes(name)) await refuseIfTaken(to, name);
  }
  const kept = (before?.files ?? []).filter(
    ({ name }) => !files.some((file) => file.name === name),
  );
  await writeMade(to, { v: 1, state: 'making', synthetic, files: [...files, ...kept] });
  for (const { name } of files) await rename(join(from, name), join(to, name));
  for (const { name } of kept) await removeFile(join(to, name));
  await syncPath(to);
  await writeMade(to, { v: 1, state: 'made', synthetic, files });
}

async function listMade(folder: string): Promise<readonly MadeFile[]> {
  const files: MadeFile[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const file = await readMadeFile(folder, name);
    if (file === null) throw new CodedError('P808', `synthesize made ${name}, which is no file`);
    await syncPath(join(folder, name));
    files.push(file);
  }
  return files;
}

async function refuseIfTaken(folder: string, name: string): Promise<void> {
  try {
    await lstat(join(folder, name));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  const message = `${join(folder, name)} is in the way of made-up data and was not made up: move it, or give the connection another name`;
  throw new CodedError('P801', message);
}

/** Takes away what was made up; what people put there stays. */
export async function unmake(folder: string): Promise<void> {
  const made = await readMade(folder);
  if (made === null) return;
  for (const { name } of made.files) await removeFile(join(folder, name));
  // Last: until then it says which files may go.
  await removeFile(join(folder, MADE_FILE));
  await syncPath(folder);
}

/** Whatever a crash left half made. */
export async function removeAsides(folder: string): Promise<void> {
  const prefix = toAsidePrefix(folder).slice(dirname(folder).length + 1);
  const names = await readdir(dirname(folder)).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  for (const name of names.filter((candidate) => candidate.startsWith(prefix))) {
    await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/** A dot ends the name: `a` must not take the folders of `a-b` for its own. */
function toAsidePrefix(folder: string): string {
  const name = folder.slice(dirname(folder).length + 1);
  return join(dirname(folder), `${ASIDE}${name}.`);
}

export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (!(await lstat(folder)).isDirectory()) {
    throw new CodedError('P801', `${folder} is a link or no folder: a connection needs one`);
  }
}

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  });
}
