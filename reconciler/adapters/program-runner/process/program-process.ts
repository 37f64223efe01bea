import { type ChildProcess, spawn } from 'node:child_process';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import type { Clock } from '../../../ports/clock.ts';

export type ProgramProcess = {
  readonly argv: readonly string[];
  /** Where it starts. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
  /** Writes down that it runs; when that fails it must not run. */
  readonly register: (pid: number) => Promise<void>;
};

export type ProgramEnd =
  | {
      readonly state: 'ended';
      /** A code, or the name of a signal. */
      readonly exit: string;
      /** The last part of what it printed. */
      readonly output: string;
      readonly errorOutput: string;
    }
  | { readonly state: 'timed-out' }
  | { readonly state: 'aborted' }
  | { readonly state: 'not-started'; readonly cause: unknown };

/** An answer has counts and digests, and never rows. */
const MAX_OUTPUT_BYTES = 1024 * 1024;
const MAX_ERROR_OUTPUT_BYTES = 16 * 1024;

/**
 * Runs Node to its end, with nothing of this process's environment. Whatever happens, its whole
 * process group is gone when this resolves.
 */
export async function runProgramProcess(input: ProgramProcess): Promise<ProgramEnd> {
  if (input.signal?.aborted === true) return { state: 'aborted' };
  const child = spawn(process.execPath, [...input.argv], {
    cwd: input.folder,
    env: { ...input.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = keepTail(child.stdout, MAX_OUTPUT_BYTES);
  const errorOutput = keepTail(child.stderr, MAX_ERROR_OUTPUT_BYTES);
  const over = new AbortController();
  try {
    const end = awaitEnd(child).then(
      (exit) => ({ state: 'ended', exit, output: output(), errorOutput: errorOutput() }) as const,
      (cause: unknown) => ({ state: 'not-started', cause }) as const,
    );
    const late = input.clock
      .sleep(input.limitMs, over.signal)
      .then(() => ({ state: 'timed-out' }) as const);
    const aborted = awaitAbort(input.signal, over.signal);
    const unregistered = await register(input, child);
    const first = unregistered ?? (await Promise.race([end, late, aborted]));
    const isOver = first.state === 'ended' || first.state === 'not-started';
    if (isOver && unregistered === null) return first;
    killGroup(child);
    // The group is killed, so this comes; until then it might still write.
    await end;
    return first;
  } finally {
    over.abort();
  }
}

/** Why the program may not go on; null when it may. */
async function register(input: ProgramProcess, child: ChildProcess) {
  try {
    if (child.pid !== undefined) await input.register(child.pid);
    return null;
  } catch (cause) {
    return { state: 'not-started', cause } as const;
  }
}

/** Resolves when the process and all that hold its output are gone. */
function awaitEnd(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // A child of it may live on and keep its output open: then `close` would never come.
    child.once('exit', () => killGroup(child));
    child.once('close', (code, signal) => resolve(signal ?? String(code)));
  });
}

function awaitAbort(
  signal: AbortSignal | undefined,
  over: AbortSignal,
): Promise<{ readonly state: 'aborted' }> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve({ state: 'aborted' });
    signal?.addEventListener('abort', () => resolve({ state: 'aborted' }), {
      once: true,
      signal: over,
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // EPERM is what macOS says of a group whose only member has ended.
    if (!hasErrorCode(error, 'ESRCH', 'EPERM')) throw error;
  }
}

/** Reads all, so that nobody is held up, and keeps at least the last `maxBytes`. */
function keepTail(stream: NodeJS.ReadableStream, maxBytes: number): () => string {
  let chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    length += chunk.length;
    if (length <= 2 * maxBytes) return;
    const tail = Buffer.concat(chunks).subarray(-maxBytes);
    chunks = [tail];
    length = tail.length;
  });
  return () => Buffer.concat(chunks).subarray(-maxBytes).toString('utf8');
}
