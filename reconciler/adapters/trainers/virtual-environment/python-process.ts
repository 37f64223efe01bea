import { type ChildProcess, spawn } from 'node:child_process';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';

export type PythonEnd = {
  /** A code, the name of a signal, or why there is neither. */
  readonly exit: string;
  /** The last part of what it printed, on either stream. */
  readonly output: string;
};

/** Enough for an error and what led to it. */
const MAX_OUTPUT_BYTES = 16 * 1024;

/**
 * Runs a program to its end and never longer than `limitMs`. It is in a process group of its own,
 * because an installer starts others, which would go on without it.
 */
export async function runPython(input: {
  readonly argv: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  readonly limitMs: number;
  readonly clock: Clock;
}): Promise<PythonEnd> {
  const [file, ...args] = input.argv;
  const child = spawn(file, args, {
    cwd: '/',
    env: input.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const readOutput = keepTail(child);
  const over = new AbortController();
  let isLate = false;
  void input.clock.sleep(input.limitMs, over.signal).then(() => {
    if (over.signal.aborted) return;
    isLate = true;
    killGroup(child);
  });
  const exit = await awaitEnd(child);
  over.abort();
  return { exit: isLate ? 'no end in time' : exit, output: readOutput() };
}

function awaitEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => {
      resolve(hasErrorCode(error, 'ENOENT') ? 'no such program' : 'no start');
    });
    // A child of it may keep its output open: then `close` would never come.
    child.once('exit', () => killGroup(child));
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
}

function keepTail(child: ChildProcess): () => string {
  let tail = Buffer.alloc(0);
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      tail = Buffer.concat([tail, chunk]).subarray(-MAX_OUTPUT_BYTES);
    });
  }
  return () => tail.toString('utf8');
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}
