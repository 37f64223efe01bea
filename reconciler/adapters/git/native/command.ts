import { type ChildProcess, spawn } from 'node:child_process';
import { env } from 'node:process';
import { CodedError } from '../../../core/contracts/coded-error.ts';

/** Long enough for a check of a large repository's history, short enough to notice a hang. */
const DEFAULT_TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 2_000;

/**
 * Git as a function of the repository alone: no configuration of the machine or the user, no
 * replaced or grafted objects, no hooks, no protocols, no cached commit graph, which a pusher
 * could have written. `--git-dir` also keeps Git from searching for another repository.
 */
export function toArguments(repositoryPath: string, args: readonly string[]): string[] {
  return [
    `--git-dir=${repositoryPath}`,
    ...['core.hooksPath=/dev/null', 'protocol.allow=never', 'core.fsmonitor=false'].flatMap(
      asConfig,
    ),
    ...['core.commitGraph=false', 'gc.auto=0', 'maintenance.auto=false'].flatMap(asConfig),
    ...args,
  ];
}

function asConfig(setting: string): string[] {
  return ['-c', setting];
}

export function toEnvironment(): Record<string, string> {
  return {
    PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: '/dev/null',
    GIT_SHALLOW_FILE: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

export type GitOutput = {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
};

export type GitRun = {
  readonly args: readonly string[];
  /** Exit codes that are answers and not failures; others throw P404. */
  readonly allowedStatuses?: readonly number[];
  readonly input?: string;
  readonly timeoutMs?: number;
  /** Sees standard output as it comes; throwing stops Git, and is what the run then throws. */
  readonly onOutput?: (chunk: Buffer) => void;
};

export async function runGit(repositoryPath: string, run: GitRun): Promise<GitOutput> {
  const output = await collect(repositoryPath, run);
  if ((run.allowedStatuses ?? [0]).includes(output.status)) return output;
  throw toGitFailure(`git ${run.args[0]} ended with status ${output.status}`, output.stderr);
}

function collect(repositoryPath: string, run: GitRun): Promise<GitOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', toArguments(repositoryPath, run.args), {
      env: toEnvironment(),
      stdio: 'pipe',
      timeout: run.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    const stop = (error: unknown): void => {
      child.kill('SIGKILL');
      reject(error);
    };
    const chunks: Buffer[] = [];
    const keep = createCappedSink(chunks, MAX_OUTPUT_BYTES);
    const readErrors = collectErrors(child);
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        (run.onOutput ?? keep)(chunk);
      } catch (error) {
        stop(error);
      }
    });
    child.on('error', (error) => stop(toStartFailure(error)));
    child.on('close', (status, signal) => {
      if (status === null)
        return reject(toGitFailure(`git ${run.args[0]} stopped by ${signal}`, ''));
      return resolve({ status, stdout: Buffer.concat(chunks), stderr: readErrors() });
    });
    // Git may end before it has read everything; its exit status says whether that is a failure.
    child.stdin.on('error', () => undefined);
    child.stdin.end(run.input ?? '');
  });
}

function createCappedSink(chunks: Buffer[], maxBytes: number): (chunk: Buffer) => void {
  let total = 0;
  return (chunk) => {
    total += chunk.length;
    if (total > maxBytes) throw toGitFailure('git printed more than expected', '');
    chunks.push(chunk);
  };
}

/** The end of what the process said last: a fatal error stands there. */
export function collectErrors(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-MAX_ERROR_CHARACTERS);
  });
  return () => text.trim();
}

export function toStartFailure(error: NodeJS.ErrnoException): CodedError {
  if (error.code !== 'ENOENT') return toGitFailure('git could not be started', error.message);
  return new CodedError('P602', 'git is not installed, or not on the PATH', { cause: error });
}

export function toGitFailure(message: string, reason: string, cause?: unknown): CodedError {
  const text = reason === '' ? message : `${message}: ${reason}`;
  return new CodedError('P404', text, cause === undefined ? {} : { cause });
}
