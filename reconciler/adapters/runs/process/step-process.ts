import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import { killStrays, signalGroup } from './process-group.ts';
import type { ProcessMark } from './records.ts';
import { createStepLog } from './step-log.ts';

/** What is still in a pipe when all its writers are dead arrives at once. */
const DRAIN_MS = 2_000;

export type StepExit = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly lastLine: string;
};

/** A program under way, as the leader of a group of its own. */
export type StepProcess = {
  readonly mark: ProcessMark;
  /** Resolves when the leader has ended. */
  readonly ended: Promise<void>;
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => void;
  /** After the end: nothing that it started is left once this resolves. */
  readonly finish: () => Promise<StepExit>;
};

export type StepProcessDeps = {
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
};

export type StepProcessInput = {
  readonly argv: readonly string[];
  readonly baseFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logPath: string;
  readonly maxLogBytes: number;
};

/** A text says why it could not be started. */
export async function startStepProcess(
  deps: StepProcessDeps,
  input: StepProcessInput,
): Promise<StepProcess | string> {
  const [file = '', ...args] = input.argv;
  const log = createStepLog(input.logPath, input.maxLogBytes);
  const child = spawn(file, args, {
    cwd: input.baseFolder,
    env: { ...input.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Listened for before the first wait: a program may end at once.
  const ended = once(child, 'exit').then(() => {});
  ended.catch(() => {});
  const closed = once(child, 'close').then(() => {});
  closed.catch(() => {});
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => log.write(stream, chunk));
  }
  const failure = await waitForStart(child);
  const { pid } = child;
  if (failure !== null || pid === undefined) {
    log.close();
    return failure ?? 'it has no process id';
  }
  // Null when it has ended already; then nobody will have to find it by its mark.
  const identity = (await deps.processIdentity.readIdentity(pid)) ?? 'ended';
  return {
    mark: { pid, identity },
    ended,
    signal: (name) => signalGroup(pid, name),
    async finish() {
      signalGroup(pid, 'SIGKILL');
      await killStrays(deps.clock, input.baseFolder);
      const drained = new AbortController();
      await Promise.race([closed, deps.clock.sleep(DRAIN_MS, drained.signal)]);
      drained.abort();
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
      log.close();
      return { exitCode: child.exitCode, signal: child.signalCode, lastLine: log.readLastLine() };
    },
  };
}

function waitForStart(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(null));
    child.on('error', (error) => resolve(error.message));
  });
}
