import { type ChildProcess, spawn } from 'node:child_process';
import { open, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import process from 'node:process';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { Binaries } from './binaries.ts';
import { readLastLines } from './files.ts';
import type { Home } from './home.ts';
import {
  forgetProcess,
  readPostmasterFile,
  readServerRecord,
  type ServerRecord,
  writeServerRecord,
} from './postmaster-file.ts';
import { toSpawnOptions } from './program.ts';
import { toServerArguments } from './settings.ts';

export type PostmasterDeps = {
  readonly home: Home;
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
  /** True when the server at this port is the one of this home, by password and data folder. */
  readonly isOurs: (port: number) => Promise<boolean>;
};

/** Crash recovery may have to read a lot again before the server takes connections. */
const READY_TIMEOUT_MS = 120_000;

/** Fast shutdown writes everything out; immediate shutdown leaves that to the next start. */
const FAST_STOP_TIMEOUT_MS = 30_000;
const IMMEDIATE_STOP_TIMEOUT_MS = 15_000;

const POLL_MS = 25;
const MAX_PORT_ATTEMPTS = 5;
const MAX_LOG_LINES = 20;

/** The server of this home if it runs, even if it still starts up. */
export async function findRunning(deps: PostmasterDeps): Promise<ServerRecord | null> {
  const { home, processIdentity } = deps;
  const record = await readServerRecord(home);
  if (record !== null && (await isRunning(deps, record))) return record;
  const file = await readPostmasterFile(home);
  if (file === null) return null;
  const identity = await processIdentity.readIdentity(file.pid);
  // Of a file whose process is gone Postgres itself takes care, and knows best how.
  if (identity === null) return null;
  if (file.port !== null && (await deps.isOurs(file.port))) {
    // Whoever started it died before writing it down.
    const found: ServerRecord = { v: 1, pid: file.pid, identity, port: file.port };
    await writeServerRecord(home, found);
    return found;
  }
  await forgetProcess(home, file);
  return null;
}

/** How long what a killed server left behind may go on; a query of its ends by then, or is stuck. */
const LEFT_BEHIND_TIMEOUT_MS = 30_000;
const LEFT_BEHIND_POLL_MS = 200;

export async function startServer(deps: PostmasterDeps, binaries: Binaries): Promise<ServerRecord> {
  const { home, clock } = deps;
  const deadline = clock.now() + LEFT_BEHIND_TIMEOUT_MS;
  // The same port as before if it is free: then addresses that somebody holds stay good.
  let preferred = (await readServerRecord(home))?.port ?? 0;
  for (let attempt = 1; ; ) {
    const record = await spawnServer(deps, binaries, await findFreePort(preferred));
    if (record !== null && (await waitUntilReady(deps, record))) return record;
    const log = await readLastLines(home.logFile, MAX_LOG_LINES);
    if (isLeftBehind(log) && clock.now() < deadline) {
      await clock.sleep(LEFT_BEHIND_POLL_MS);
      continue;
    }
    // Somebody took the port between our look and the server's.
    const wasTaken = log.includes('could not bind');
    if (!wasTaken || attempt === MAX_PORT_ATTEMPTS) throw toStartFailure(home, log);
    attempt += 1;
    preferred = 0;
  }
}

/** A server that was killed is gone at once, and its parts are only when they notice. */
function isLeftBehind(log: string): boolean {
  const words = ['pre-existing shared memory block', 'lock file "postmaster.pid" already exists'];
  return words.some((word) => log.includes(word));
}

/** False when the server ended instead of becoming ready. */
export async function waitUntilReady(deps: PostmasterDeps, record: ServerRecord): Promise<boolean> {
  const { home, clock } = deps;
  const deadline = clock.now() + READY_TIMEOUT_MS;
  while (clock.now() <= deadline) {
    const file = await readPostmasterFile(home);
    if (file?.pid === record.pid && file.isReady) return true;
    if (!(await isRunning(deps, record))) return false;
    await clock.sleep(POLL_MS);
  }
  const log = await readLastLines(home.logFile, MAX_LOG_LINES);
  throw new CodedError('P401', `Postgres is still not ready; its log ends with:\n${log}`, {
    remedy: 'retry',
    details: { pid: record.pid, log: home.logFile },
  });
}

export async function stopServer(deps: PostmasterDeps): Promise<void> {
  const record = await findRunning(deps);
  if (record === null) return;
  if (await signalAndWait(deps, record, 'SIGINT', FAST_STOP_TIMEOUT_MS)) return;
  if (await signalAndWait(deps, record, 'SIGQUIT', IMMEDIATE_STOP_TIMEOUT_MS)) return;
  throw new CodedError('P401', `Postgres does not stop (process ${record.pid})`, {
    details: { pid: record.pid, log: deps.home.logFile },
  });
}

async function isRunning(deps: PostmasterDeps, record: ServerRecord): Promise<boolean> {
  return (await deps.processIdentity.readIdentity(record.pid)) === record.identity;
}

/** Null when it ended before it could be told apart from other processes. */
async function spawnServer(
  deps: PostmasterDeps,
  binaries: Binaries,
  port: number,
): Promise<ServerRecord | null> {
  const { home } = deps;
  const child = await spawnDetached(home, binaries, port);
  const { pid } = child;
  if (pid === undefined) throw new Error('a started process has no id');
  const identity = await deps.processIdentity.readIdentity(pid);
  if (identity === null) return null;
  const record: ServerRecord = { v: 1, pid, identity, port };
  await writeServerRecord(home, record);
  return record;
}

/** In a session of its own, so that neither our end nor a Ctrl-C in our terminal ends it. */
async function spawnDetached(home: Home, binaries: Binaries, port: number): Promise<ChildProcess> {
  await keepOneOlderLog(home.logFile);
  const log = await open(home.logFile, 'a', 0o600);
  try {
    const args = toServerArguments(home.dataFolder, port);
    const program = { file: binaries.postgres, args, account: home.account };
    const child = spawn(program.file, args, {
      ...toSpawnOptions({ ...program, workFolder: home.dataFolder }),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    return child;
  } finally {
    await log.close();
  }
}

async function keepOneOlderLog(logFile: string): Promise<void> {
  try {
    await rename(logFile, `${logFile}.1`);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
}

/** The preferred port if it is free, or else any that is. */
async function findFreePort(preferred: number): Promise<number> {
  try {
    return await probePort(preferred);
  } catch (error) {
    if (preferred !== 0 && hasErrorCode(error, 'EADDRINUSE')) return probePort(0);
    throw error;
  }
}

function probePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      server.close(() => resolve(port));
    });
  });
}

async function signalAndWait(
  deps: PostmasterDeps,
  record: ServerRecord,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = deps.clock.now() + timeoutMs;
  if (await isRunning(deps, record)) sendSignal(record.pid, signal);
  while (await isRunning(deps, record)) {
    if (deps.clock.now() > deadline) return false;
    await deps.clock.sleep(POLL_MS);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return;
    throw new CodedError('P401', `Postgres cannot be stopped: process ${pid} is not ours`, {
      cause: error,
    });
  }
}

function toStartFailure(home: Home, log: string): CodedError {
  const why = log === '' ? 'its log is empty' : `its log ends with:\n${log}`;
  return new CodedError('P401', `Postgres did not start; ${why}`, {
    details: { log: home.logFile, as: home.account?.name ?? 'this user' },
  });
}
