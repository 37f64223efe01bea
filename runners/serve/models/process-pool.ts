import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Log } from '../../../reconciler/ports/log.ts';
import type { Model } from './model.ts';
import type { ModelProcess } from './model-process.ts';

/** Between two starts of a process that keeps dying: at once first, then ever more slowly. */
const MAX_BACKOFF_MS = 10_000;
const FIRST_BACKOFF_MS = 100;

export type ProcessPoolDeps = {
  readonly start: () => Promise<ModelProcess>;
  /** The one that was started to measure the model. */
  readonly first: ModelProcess;
  readonly size: number;
  readonly clock: Clock;
  readonly log: Log;
};

/** A model in processes of its own: one that dies fails what it was at, and another takes over. */
export async function createProcessPool(deps: ProcessPoolDeps): Promise<Model> {
  const { size, clock, log } = deps;
  const closing = new AbortController();
  const alive = new Set<ModelProcess>();
  const free: ModelProcess[] = [];
  const takers: Taker[] = [];

  const offer = (process: ModelProcess): void => {
    if (!alive.has(process)) return;
    const taker = takers.shift();
    if (taker === undefined) free.push(process);
    else taker.take(process);
  };

  const add = (process: ModelProcess): void => {
    alive.add(process);
    void process.ended.then(() => {
      alive.delete(process);
      const at = free.indexOf(process);
      if (at !== -1) free.splice(at, 1);
      if (!closing.signal.aborted) void replace();
    });
    offer(process);
  };

  const replace = async (): Promise<void> => {
    log.write({
      level: 'warn',
      event: 'model-process-ended',
      message: 'the process of a model ended and is replaced',
    });
    for (let waitMs = 0; !closing.signal.aborted; waitMs = toNextWait(waitMs)) {
      await clock.sleep(waitMs, closing.signal);
      const started = await startUnlessClosing(deps, closing.signal);
      if (started !== null) return add(started);
      // Nobody waits for a model that does not come back.
      if (alive.size === 0) for (const { fail } of takers.splice(0)) fail(toGone());
    }
  };

  add(deps.first);
  for (const process of await startRest(deps, size - 1)) add(process);

  return {
    placement: 'pool',
    concurrency: size,
    async run(tensors) {
      const process = free.pop() ?? (await waitForProcess(takers));
      try {
        return await process.run(tensors);
      } finally {
        offer(process);
      }
    },
    async close() {
      closing.abort();
      await Promise.all([...alive].map((process) => process.close()));
    },
  };
}

type Taker = {
  readonly take: (process: ModelProcess) => void;
  readonly fail: (error: CodedError) => void;
};

function waitForProcess(takers: Taker[]): Promise<ModelProcess> {
  return new Promise((take, fail) => takers.push({ take, fail }));
}

function toGone(): CodedError {
  return new CodedError('P825', 'the process of the model does not start again', {
    remedy: 'retry',
  });
}

/** All or none: a pool of half its size would be slow without anybody knowing why. */
async function startRest(deps: ProcessPoolDeps, count: number): Promise<readonly ModelProcess[]> {
  const starts = await Promise.allSettled(Array.from({ length: count }, () => deps.start()));
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  if (started.length === count) return started;
  await Promise.all([deps.first, ...started].map((process) => process.close()));
  throw new CodedError('P804', 'the model loads in one process and not in another', {
    remedy: 'retry',
  });
}

async function startUnlessClosing(
  { start }: ProcessPoolDeps,
  signal: AbortSignal,
): Promise<ModelProcess | null> {
  const process = await start().catch(() => null);
  if (process === null || !signal.aborted) return process;
  await process.close();
  return null;
}

function toNextWait(waitMs: number): number {
  return Math.min(MAX_BACKOFF_MS, Math.max(FIRST_BACKOFF_MS, waitMs * 2));
}
