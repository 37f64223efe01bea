import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import type { Files } from './files.ts';

export type FolderLockDeps = {
  readonly folder: string;
  readonly files: Files;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly processIdentity: ProcessIdentity;
};

/** One holder at a time over all processes of this machine. */
export interface FolderLock {
  run<T>(act: () => Promise<T>): Promise<T>;
}

const POLL_MS = 20;
/** 500 polls are about ten seconds: far longer than an effect takes, unless its process stands. */
const MAX_POLLS = 500;
const MAX_LOCK_BYTES = 4096;
/** Two names are usual; more are left by crashes and swept by the next holder. */
const MAX_LOCK_FILES = 4096;

type Owner = { readonly pid: number; readonly identity: string };

/**
 * Each taking of the lock creates the next number, exclusively; the highest number holds. A number
 * is never removed while it is the highest, only marked as free, so whoever acts on an old view of
 * the folder creates a number that is not the highest and steps back. That is why the lock of a
 * dead process can be overtaken without a moment in which two could.
 */
export function createFolderLock(deps: FolderLockDeps): FolderLock {
  /** Callers of this process queue here instead of polling the disk against each other. */
  let tail: Promise<unknown> = Promise.resolve();
  /** Ours, and in nobody's use: a full disk may have kept us from marking it as free. */
  let given: number | null = null;
  return {
    run(act) {
      const turn = tail.then(async () => {
        const number = await acquire(deps, given);
        try {
          return await act();
        } finally {
          given = number;
          await deps.files.writeWhole(toPath(deps.folder, number), FREE, 'volatile');
        }
      });
      tail = turn.catch(() => {});
      return turn;
    },
  };
}

const FREE = '{"v":1,"owner":null}\n';

async function acquire(deps: FolderLockDeps, given: number | null): Promise<number> {
  await deps.files.makeFolder(deps.folder);
  const text = await describeOurselves(deps);
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    const highest = (await listNumbers(deps)).at(-1) ?? 0;
    if (highest === 0 || highest === given || (await isFree(deps, highest))) {
      const taken = await take(deps, highest + 1, text);
      if (taken) return highest + 1;
    }
    await deps.clock.sleep(POLL_MS);
  }
  throw new CodedError('P406', `another process holds ${deps.folder}`, { remedy: 'retry' });
}

async function take(deps: FolderLockDeps, number: number, text: string): Promise<boolean> {
  const nonce = Buffer.from(deps.randomness.bytes(8)).toString('hex');
  const path = toPath(deps.folder, number);
  const asidePath = join(deps.folder, `${process.pid}-${nonce}.tmp`);
  if (!(await deps.files.createWhole(path, asidePath, text))) return false;
  const numbers = await listNumbers(deps);
  if (numbers.at(-1) !== number) {
    await deps.files.removeFile(path);
    return false;
  }
  await sweep(deps, numbers.slice(0, -1));
  return true;
}

/** Removes what came before, and what processes left behind that died taking or freeing the lock. */
async function sweep(deps: FolderLockDeps, lowerNumbers: readonly number[]): Promise<void> {
  for (const lower of lowerNumbers) await deps.files.removeFile(toPath(deps.folder, lower));
  const entries = (await deps.files.listEntries(deps.folder, MAX_LOCK_FILES)) ?? [];
  for (const { name } of entries) {
    if (await isLeftover(deps, name)) await deps.files.removeFile(join(deps.folder, name));
  }
}

async function isLeftover(deps: FolderLockDeps, name: string): Promise<boolean> {
  // A number being freed: its holder lives no longer, or this number would not be ours.
  if (/^\d{12}\.tmp$/.test(name)) return true;
  const pid = /^(\d+)-[0-9a-f]+\.tmp$/.exec(name)?.[1];
  return pid !== undefined && (await deps.processIdentity.readIdentity(Number(pid))) === null;
}

async function describeOurselves(deps: FolderLockDeps): Promise<string> {
  const identity = await deps.processIdentity.readIdentity(process.pid);
  if (identity === null) throw new Error('this process has no identity');
  return `${JSON.stringify({ v: 1, owner: { pid: process.pid, identity } })}\n`;
}

/** Text that does not parse can only be left by a power cut, and then nobody holds anything. */
async function isFree(deps: FolderLockDeps, number: number): Promise<boolean> {
  const text = await deps.files.readText(toPath(deps.folder, number), MAX_LOCK_BYTES);
  // Swept by the next holder: there is a higher number to look at.
  if (text === null) return false;
  const owner = parseOwner(text);
  if (owner === null) return true;
  return (await deps.processIdentity.readIdentity(owner.pid)) !== owner.identity;
}

function parseOwner(text: string): Owner | null {
  try {
    const owner: unknown = JSON.parse(text)?.owner;
    if (owner === null || typeof owner !== 'object') return null;
    const { pid, identity } = owner as Partial<Owner>;
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
  } catch {
    return null;
  }
}

async function listNumbers(deps: FolderLockDeps): Promise<readonly number[]> {
  const entries = (await deps.files.listEntries(deps.folder, MAX_LOCK_FILES)) ?? [];
  return entries
    .filter(({ name }) => /^\d{12}$/.test(name))
    .map(({ name }) => Number(name))
    .sort((left, right) => left - right);
}

function toPath(folder: string, number: number): string {
  return join(folder, String(number).padStart(12, '0'));
}
