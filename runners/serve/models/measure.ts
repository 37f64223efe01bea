import { allocate, type Tensor, type TensorForm } from '../../../reconciler/core/serving/tensor.ts';
import type { Measured } from './model-messages.ts';
import type { OnnxSession } from './onnx-session.ts';

/** The first runs allocate and compile what later ones use again. */
const WARM_UP_RUNS = 100;
const MAX_RUNS = 500;
const BATCH_RUNS = 3;

/** A slow model shows itself in a few runs. */
const BUDGET_MS = 500;

/** Processor time of this process, in milliseconds. */
export type ReadProcessorMs = () => number;

/** How long one row takes, run again and again with zeros; null when the model fails on them. */
export async function measureSingleRow(
  session: OnnxSession,
  inputs: readonly TensorForm[],
  readMs: ReadProcessorMs,
): Promise<Measured['singleRowMs']> {
  const row = inputs.map((input) => toZeros(input, 1));
  const durations = await measureRuns(session, row, WARM_UP_RUNS + MAX_RUNS, readMs);
  if (durations === null) return null;
  const warm = durations.length > WARM_UP_RUNS ? durations.slice(WARM_UP_RUNS) : durations;
  const sorted = warm.sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null;
}

/** One row may be quick while a full batch would hold up whoever answers. */
export async function measureFullBatch(
  session: OnnxSession,
  inputs: readonly TensorForm[],
  maxRows: number,
  readMs: ReadProcessorMs,
): Promise<Measured['fullBatchMs']> {
  const rows = inputs.map((input) => toZeros(input, maxRows));
  const durations = await measureRuns(session, rows, 1 + BATCH_RUNS, readMs);
  // The first one allocates.
  return durations === null
    ? null
    : Math.max(...(durations.length > 1 ? durations.slice(1) : durations));
}

async function measureRuns(
  session: OnnxSession,
  tensors: readonly Tensor[],
  maxRuns: number,
  readMs: ReadProcessorMs,
): Promise<number[] | null> {
  const startedMs = readMs();
  const durations: number[] = [];
  try {
    for (let run = 0; run < maxRuns && readMs() - startedMs < BUDGET_MS; run += 1) {
      const beforeMs = readMs();
      await session.run(tensors);
      durations.push(readMs() - beforeMs);
    }
  } catch {
    return null;
  }
  return durations;
}

function toZeros({ name, datatype, shape }: TensorForm, rows: number): Tensor {
  const whole = shape.map((dimension) => (dimension === -1 ? rows : dimension));
  const count = whole.reduce((product, dimension) => product * dimension, 1);
  return { name, datatype, shape: whole, data: allocate(datatype, count) };
}
