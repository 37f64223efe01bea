import { type ChildProcess, fork } from 'node:child_process';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Measured, ModelFile, ModelOrder, ModelReport } from './model-messages.ts';

export type ModelProcess = {
  readonly measured: Measured;
  /** One at a time. Throws P825; with remedy `retry` when the process died over it. */
  readonly run: (tensors: readonly Tensor[]) => Promise<readonly Tensor[]>;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
};

export type ModelProcessDeps = {
  /** The compiled `model-program`. */
  readonly program: URL;
  /** Given to Node before the program; none in production. */
  readonly execArgv?: readonly string[];
  readonly clock: Clock;
  readonly limits?: { readonly loadMs: number; readonly runMs: number };
};

/** A large model takes seconds to load; what takes longer than these hangs. */
const DEFAULT_LIMITS = { loadMs: 120_000, runMs: 30_000 };

/** Starts a process and has it load the model. Throws P804 when it refuses, dies or hangs. */
export async function startModelProcess(
  deps: ModelProcessDeps,
  model: ModelFile,
): Promise<ModelProcess> {
  const limits = deps.limits ?? DEFAULT_LIMITS;
  const child = fork(deps.program, [], {
    env: {},
    execArgv: [...(deps.execArgv ?? [])],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.on('error', () => resolve());
  });
  const talk = createTalk(child, ended, deps.clock);
  const report = await talk({ type: 'load', model }, limits.loadMs);
  const close = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  if (report?.type === 'loaded') {
    let lastId = 0;
    const run = async (tensors: readonly Tensor[]): Promise<readonly Tensor[]> => {
      lastId += 1;
      return toTensors(await talk({ type: 'run', id: lastId, tensors }, limits.runMs));
    };
    return { measured: report.measured, run, ended, close };
  }
  await close();
  const why = report?.type === 'refused' ? report.why : 'its process died or hung while loading it';
  throw new CodedError('P804', why);
}

function toTensors(report: ModelReport | null): readonly Tensor[] {
  if (report?.type === 'ran') return report.tensors;
  if (report?.type === 'failed') throw new CodedError('P825', report.why);
  throw new CodedError('P825', 'the process of the model died or hung over these rows', {
    remedy: 'retry',
  });
}

type Talk = (order: ModelOrder, limitMs: number) => Promise<ModelReport | null>;

/** One order, one report; null when the process ends first, or is ended because it hangs. */
function createTalk(child: ChildProcess, ended: Promise<void>, clock: Clock): Talk {
  let take: ((report: ModelReport | null) => void) | null = null;
  const answer = (report: ModelReport | null): void => {
    const taken = take;
    take = null;
    taken?.(report);
  };
  let hasEnded = false;
  child.on('message', (report: ModelReport) => answer(report));
  void ended.then(() => {
    hasEnded = true;
    answer(null);
  });
  return async (order, limitMs) => {
    if (hasEnded) return null;
    const done = new AbortController();
    const reported = new Promise<ModelReport | null>((resolve) => {
      take = resolve;
    });
    void clock.sleep(limitMs, done.signal).then(() => {
      if (!done.signal.aborted) child.kill('SIGKILL');
    });
    child.send(order, (error) => {
      if (error !== null) child.kill('SIGKILL');
    });
    const report = await reported;
    done.abort();
    return report;
  };
}
