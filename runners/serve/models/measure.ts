import { allocate, type Tensor, type TensorForm } from '../../../reconciler/core/serving/tensor.ts';
import type { Measured } from './model-messages.ts';
import type { OnnxSession } from './onnx-session.ts';

/** The first runs allocate and compile what later ones use again. */
const WARM_UP_RUNS = 100;
const MAX_RUNS = 500;

/** A slow model shows itself in a few runs. */
const BUDGET_MS = 500;

/** Processor time of this process, in milliseconds. */
export type ReadProcessorMs = () => number;

/** How long one row takes, run again and again with zeros. */
export async function measureSingleRow(
  session: OnnxSession,
  inputs: readonly TensorForm[],
  readMs: ReadProcessorMs,
): Promise<Measured['singleRowMs']> {
  const row = inputs.map(toZeroRow);
  const startedMs = readMs();
  const durations: number[] = [];
  try {
    for (let run = 0; run < WARM_UP_RUNS + MAX_RUNS; run += 1) {
      const beforeMs = readMs();
      await session.run(row);
      durations.push(readMs() - beforeMs);
      if (readMs() - startedMs > BUDGET_MS) break;
    }
  } catch {
    return null;
  }
  const warm = durations.length > WARM_UP_RUNS ? durations.slice(WARM_UP_RUNS) : durations;
  const sorted = warm.sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null;
}

function toZeroRow({ name, datatype, shape }: TensorForm): Tensor {
  const whole = shape.map((dimension) => (dimension === -1 ? 1 : dimension));
  const count = whole.reduce((product, dimension) => product * dimension, 1);
  return { name, datatype, shape: whole, data: allocate(datatype, count) };
}
