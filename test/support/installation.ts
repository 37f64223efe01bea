import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE_FOLDER = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(PACKAGE_FOLDER, 'reconciler/cli/plumb.mjs');
/** A kill limit, not a measure: the longest waits for a training. */
const COMMAND_LIMIT_MS = 330_000;

export type CommandResult = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs a program to its end, without a shell and with nothing of the developer's settings. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...hermeticEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: COMMAND_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  const output = collect(child);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...output() };
}

function hermeticEnvironment(): Record<string, string> {
  // How packages are fetched belongs to the machine, not to its user's habits.
  const installer = Object.entries(process.env).filter(([name]) => name.startsWith('PIP_'));
  return {
    ...(Object.fromEntries(installer) as Record<string, string>),
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'you',
    GIT_AUTHOR_EMAIL: 'you@localhost',
    // Made once for all tests: packages of a trainer take a minute and 300 MB.
    PLUMBLINE_ENVIRONMENTS: join(PACKAGE_FOLDER, '.plumbline', 'environments'),
    GIT_COMMITTER_NAME: 'you',
    GIT_COMMITTER_EMAIL: 'you@localhost',
  };
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  const chunks = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.stdout += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    chunks.stderr += chunk.toString();
  });
  return () => ({ ...chunks });
}

/** A running `plumb up`. */
export type RunningReconciler = {
  readonly pid: number;
  /** Resolves when it said `ready`; rejects with its output when it ended instead. */
  readonly ready: Promise<void>;
  /** Resolves when it has logged so many entries, or has said `ready`, or has ended. */
  readonly hasLogged: (entries: number) => Promise<void>;
  /** Ends it as a power cut would, and resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** Asks it to stop in order, and resolves with its exit code. */
  readonly stop: () => Promise<number | null>;
  readonly output: () => { readonly stdout: string; readonly stderr: string };
};

export type Installation = {
  readonly state: string;
  readonly repository: string;
  /** A clone to edit and push from. */
  readonly clone: string;
  readonly plumb: (...args: readonly string[]) => Promise<CommandResult>;
  readonly git: (...args: readonly string[]) => Promise<string>;
  readonly up: () => RunningReconciler;
  readonly remove: () => Promise<void>;
};

const EXAMPLE = join(PACKAGE_FOLDER, 'example-platform-repo');

/** Folders of the example that lead to a training: minutes, where a test is about something else. */
const LEARNING = [
  ...['connections', 'entities', 'sources', 'views', 'trainers', 'models', 'endpoints'],
  ...['monitors', 'batches', 'holds'],
];

/**
 * An installation of its own in a temporary folder: from a copy of the example platform repo, or
 * from its rules and targets alone.
 */
export async function createInstallation(
  options: { readonly from?: string; readonly parts?: 'all' | 'rules' } = {},
): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-scenario-'));
  const state = join(folder, 'state');
  const repository = join(state, 'platform.git');
  const clone = join(folder, 'clone');
  const plumb = (...args: readonly string[]) =>
    runProgram(process.execPath, [PROGRAM, ...args, '--state', state], { cwd: folder });
  const git = async (...args: readonly string[]) => {
    const result = await runProgram('git', args, { cwd: clone });
    if (result.code === 0) return result.stdout;
    throw new Error(`git ${args.join(' ')} failed: ${result.stderr}`);
  };
  const example = options.from ?? EXAMPLE;
  const source = join(folder, 'source');
  const isWanted = (path: string) =>
    options.parts !== 'rules' || !LEARNING.includes(relative(example, path));
  await cp(example, source, { recursive: true, filter: isWanted });
  await expectSuccess(plumb('init', '--from', source));
  await expectSuccess(runProgram('git', ['clone', '-q', repository, clone], { cwd: folder }));
  return {
    state,
    repository,
    clone,
    plumb,
    git,
    up: () => startReconciler(folder, state),
    remove: async () => {
      await expectSuccess(plumb('reset', '--yes'));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function expectSuccess(running: Promise<CommandResult>): Promise<void> {
  const { code, stdout, stderr } = await running;
  if (code !== 0) throw new Error(`a command ended with ${code}:\n${stdout}${stderr}`);
}

function startReconciler(cwd: string, state: string): RunningReconciler {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'up', '--port', '0', '--serve-port', '0', '--state', state],
    {
      cwd,
      env: hermeticEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const output = collect(child);
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => {
      if (output().stdout.includes('\nready\n')) resolve();
    });
    void closed.then(([code]) => {
      const { stdout, stderr } = output();
      reject(new Error(`the reconciler ended with ${code}:\n${stdout}\n${stderr}`));
    });
  });
  // Who kills it before it is ready does not wait for it.
  ready.catch(() => undefined);
  const hasLogged = (entries: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (output().stderr.split('\n').length > entries) resolve();
      };
      child.stderr.on('data', look);
      ready.then(resolve, () => resolve());
      look();
    });
  return {
    pid: child.pid ?? 0,
    ready,
    hasLogged,
    kill: async () => {
      child.kill('SIGKILL');
      await closed;
    },
    stop: async () => {
      child.kill('SIGINT');
      const [code] = await closed;
      return code;
    },
    output,
  };
}
