import { CodedError, isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { BatchingSettings } from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import { mergeRows, splitRows } from '../../../reconciler/core/serving/batch-rows.ts';
import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';
import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Turn } from '../turn.ts';
import type { Model } from './model.ts';

export type BatchRequest = {
  readonly rows: number;
  readonly tensors: readonly Tensor[];
  /** Nobody waits for the answer any more. */
  readonly isGone: () => boolean;
};

export type BatchQueue = {
  /** The outputs for the request's rows alone. Throws P824 when too much waits, P825 as the model. */
  readonly run: (request: BatchRequest) => Promise<readonly Tensor[]>;
  /** Keeps the queue from being drained while a request is prepared for it, until it is called. */
  readonly hold: () => () => void;
  /** Resolves when nothing waits or runs or is prepared; its owner lets nothing more come. */
  readonly drain: () => Promise<void>;
};

type Waiting = BatchRequest & {
  readonly resolve: (tensors: readonly Tensor[]) => void;
  readonly reject: (error: unknown) => void;
};

export type BatchQueueDeps = {
  readonly model: Model;
  readonly settings: BatchingSettings;
  readonly turn: Turn;
  readonly clock: Clock;
};

/**
 * What has arrived while the model was busy becomes its next batch, so that nobody waits for
 * company: a free model starts in the next turn of the event loop, unless a delay was asked for.
 */
export function createBatchQueue(deps: BatchQueueDeps): BatchQueue {
  const { model, settings } = deps;
  const line = createLine();
  let running = 0;
  let held = 0;
  let isScheduled = false;
  let onIdle: (() => void)[] = [];

  const start = async (): Promise<void> => {
    const batch = line.take(settings.maxBatchSize).filter(dropGone);
    if (batch.length > 0) {
      running += 1;
      await runBatch(model, batch);
      running -= 1;
    }
    proceed();
  };

  const isIdle = () => line.isEmpty() && running === 0 && held === 0;

  const proceed = (): void => {
    if (isIdle()) {
      const idle = onIdle;
      onIdle = [];
      for (const wake of idle) wake();
    } else if (!line.isEmpty() && running < model.concurrency && !isScheduled) {
      isScheduled = true;
      void waitForCompany(deps, line.countRows).then(() => {
        isScheduled = false;
        if (line.isEmpty()) proceed();
        else void start();
        // Several free instances: each takes what the one before it left.
        if (!line.isEmpty()) proceed();
      });
    }
  };

  return {
    run(request) {
      if (line.countRows() + request.rows > settings.maxQueueRows) {
        return Promise.reject(toFull(settings));
      }
      return new Promise((resolve, reject) => {
        line.add({ ...request, resolve, reject });
        proceed();
      });
    },
    hold() {
      held += 1;
      return () => {
        held -= 1;
        proceed();
      };
    },
    drain() {
      if (isIdle()) return Promise.resolve();
      return new Promise((resolve) => onIdle.push(resolve));
    },
  };
}

/** Who waits, first come first served. */
function createLine() {
  const members: Waiting[] = [];
  let rows = 0;
  return {
    isEmpty: () => members.length === 0,
    countRows: () => rows,
    add(member: Waiting): void {
      members.push(member);
      rows += member.rows;
    },
    /** From the front, as many as fit; one that fits nowhere goes alone. */
    take(maxRows: number): readonly Waiting[] {
      let taken = 0;
      let count = 0;
      for (const { rows: more } of members) {
        if (count > 0 && taken + more > maxRows) break;
        taken += more;
        count += 1;
      }
      rows -= taken;
      return members.splice(0, count);
    },
  };
}

async function waitForCompany(
  { settings, clock, turn }: BatchQueueDeps,
  countRows: () => number,
): Promise<void> {
  await turn();
  if (settings.maxDelayMicroseconds === 0 || countRows() >= settings.maxBatchSize) return;
  await clock.sleep(settings.maxDelayMicroseconds / 1000);
}

/** A client that left costs the model nothing. */
function dropGone(member: Waiting): boolean {
  if (!member.isGone()) return true;
  member.reject(new CodedError('P821', 'the client left before its turn'));
  return false;
}

/** Never throws: each member gets its own answer or its own error. */
async function runBatch(model: Model, members: readonly Waiting[]): Promise<void> {
  try {
    const outputs = await model.run(mergeRows(members.map(({ tensors }) => tensors)));
    const parts = splitRows(
      outputs,
      members.map(({ rows }) => rows),
    );
    members.forEach((member, index) => {
      member.resolve(parts[index] ?? []);
    });
  } catch (error) {
    const hasDied = isCodedError(error) && error.remedy === 'retry';
    if (members.length === 1 || hasDied) for (const member of members) member.reject(error);
    else await runOneByOne(model, members);
  }
}

/** One poisoned request hurts only itself. */
async function runOneByOne(model: Model, members: readonly Waiting[]): Promise<void> {
  for (const member of members) await runBatch(model, [member]);
}

function toFull({ maxQueueRows }: BatchingSettings): CodedError {
  return new CodedError('P824', `${maxQueueRows} rows may wait for this version: ask again soon`, {
    remedy: 'retry',
  });
}
