import type { Clock } from '../../../reconciler/ports/clock.ts';
import type { Log } from '../../../reconciler/ports/log.ts';
import type { Model } from './model.ts';
import type { Measured, ModelFile } from './model-messages.ts';
import { type ModelProcess, type ModelProcessDeps, startModelProcess } from './model-process.ts';
import { openOnnxSession } from './onnx-session.ts';
import { createProcessPool } from './process-pool.ts';
import { readModelFile } from './read-model-file.ts';

export type InlineLimits = {
  readonly loadMs: number;
  readonly singleRowMs: number;
  readonly fullBatchMs: number;
};

export type OpenModelDeps = {
  readonly process: Omit<ModelProcessDeps, 'clock'>;
  /** How many processes a long model gets. */
  readonly poolSize: number;
  /** Below all, a model runs on the thread that answers. */
  readonly inlineBelow: InlineLimits;
  readonly clock: Clock;
  readonly log: Log;
};

/**
 * A model is loaded and measured in a process of its own first, for ONNX Runtime blocks the thread
 * that loads or runs it. A short one then moves into this process. Throws P804.
 */
export async function openModel(deps: OpenModelDeps, file: ModelFile): Promise<Model> {
  const start = () => startModelProcess({ ...deps.process, clock: deps.clock }, file);
  const first = await start();
  const isInline = isShort(first.measured, deps.inlineBelow);
  deps.log.write({
    level: 'info',
    event: 'model-measured',
    message: isInline ? 'a short model runs in the node' : 'a long model gets its own processes',
    fields: { model: file.sha256, ...toFields(first.measured) },
  });
  if (isInline) return moveInline(first, file);
  return createProcessPool({
    start,
    first,
    size: deps.poolSize,
    clock: deps.clock,
    log: deps.log,
  });
}

function isShort(measured: Measured, limits: InlineLimits): boolean {
  const { loadMs, singleRowMs, fullBatchMs } = measured;
  if (singleRowMs === null || fullBatchMs === null) return false;
  return (
    loadMs < limits.loadMs && singleRowMs < limits.singleRowMs && fullBatchMs < limits.fullBatchMs
  );
}

function toFields({ loadMs, singleRowMs, fullBatchMs }: Measured) {
  return {
    loadMs,
    ...(singleRowMs === null ? {} : { singleRowMs }),
    ...(fullBatchMs === null ? {} : { fullBatchMs }),
  };
}

async function moveInline(first: ModelProcess, file: ModelFile): Promise<Model> {
  await first.close();
  const session = await openOnnxSession(await readModelFile(file.path, file.sha256), file.forms);
  return { placement: 'inline', concurrency: 1, run: session.run, close: session.close };
}
