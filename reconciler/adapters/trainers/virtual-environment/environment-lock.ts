import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { Randomness } from '../../../ports/randomness.ts';

export type EnvironmentLockDeps = {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly processIdentity: ProcessIdentity;
};

/** Nobody notices this wait beside a set-up of a minute. */
const POLL_MS = 100;

/**
 * Runs `act` while no other process of this machine does so for the same file. The lock of a dead
 * process is taken away. Throws P809 when it cannot be had within `limitMs`.
 */
export async function withLock<T>(
  deps: EnvironmentLockDeps,
  input: { readonly file: string; readonly limitMs: number },
  act: () => Promise<T>,
): Promise<T> {
  const text = await acquire(deps, input);
  try {
    return await act();
  } finally {
    await removeIfSame(deps, input.file, text);
  }
}

async function acquire(
  deps: EnvironmentLockDeps,
  { file, limitMs }: { readonly file: string; readonly limitMs: number },
): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const text = await describeOurselves(deps);
  const deadline = deps.clock.now() + limitMs;
  while (deps.clock.now() < deadline) {
    if (await create(deps, file, text)) return text;
    const held = await readOrNull(file);
    if (held !== null && !(await isAlive(deps, held))) await removeIfSame(deps, file, held);
    else await deps.clock.sleep(POLL_MS);
  }
  throw new CodedError('P809', `another process has been setting up ${file} for too long`, {
    remedy: 'retry',
  });
}

/** A hard link appears with its content: there is no moment with an owner that cannot be read. */
async function create(deps: EnvironmentLockDeps, file: string, text: string): Promise<boolean> {
  const aside = toAside(deps, file);
  await writeFile(aside, text, { mode: 0o600, flag: 'wx' });
  try {
    await link(aside, file);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/**
 * Between reading and moving, somebody may have taken the lock anew: then what was moved is not
 * what was read, and it is put back.
 */
async function removeIfSame(deps: EnvironmentLockDeps, file: string, text: string): Promise<void> {
  const aside = toAside(deps, file);
  try {
    await rename(file, aside);
    if ((await readOrNull(aside)) !== text) await link(aside, file);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'EEXIST')) throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

/** With a nonce, so that two holders within one process are told apart as well. */
async function describeOurselves(deps: EnvironmentLockDeps): Promise<string> {
  const identity = await deps.processIdentity.readIdentity(process.pid);
  if (identity === null) throw new Error('this process has no identity');
  return `${JSON.stringify({ v: 1, pid: process.pid, identity, nonce: toNonce(deps) })}\n`;
}

async function isAlive(deps: EnvironmentLockDeps, text: string): Promise<boolean> {
  try {
    const { pid, identity } = JSON.parse(text) as { pid?: unknown; identity?: unknown };
    if (typeof pid !== 'number' || typeof identity !== 'string') return false;
    return (await deps.processIdentity.readIdentity(pid)) === identity;
  } catch (error) {
    // Text that does not parse is left by a power cut, and then nobody holds anything.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return null;
    throw error;
  }
}

function toAside(deps: EnvironmentLockDeps, file: string): string {
  return `${file}.${process.pid}-${toNonce(deps)}.partial`;
}

function toNonce({ randomness }: EnvironmentLockDeps): string {
  return Buffer.from(randomness.bytes(8)).toString('hex');
}
