import { CodedError, isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ModelManifest } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';
import type { Stopwatch } from '../../../reconciler/ports/clock.ts';
import type { CounterRecorder } from '../counters.ts';
import type { BatchQueue } from '../models/batch-queue.ts';
import type { VersionForm } from './version-form.ts';

/** A version as one endpoint serves it. */
export type ServedVersion = {
  readonly version: string;
  readonly manifest: ModelManifest;
  readonly form: VersionForm;
  readonly queue: BatchQueue;
  readonly recorder: CounterRecorder;
  readonly threshold: number;
  /** Most rows that one request may have. */
  readonly maxRows: number;
};

export type Scored = {
  readonly outputs: readonly Tensor[];
  /** One for each row. */
  readonly scores: Float64Array;
};

/**
 * Has the model answer, and counts. Throws P824 when too much waits, which is no failure of the
 * model and not counted as one, and P825 when the model fails or answers with no number.
 */
export async function score(
  served: ServedVersion,
  request: {
    readonly rows: number;
    readonly tensors: readonly Tensor[];
    readonly isGone: () => boolean;
  },
  stopwatch: Stopwatch,
): Promise<Scored> {
  const startedMs = stopwatch();
  const { recorder, form, threshold } = served;
  const outputs = await served.queue.run(request).catch((error: unknown) => {
    if (isCodedError(error, 'P825')) recorder.recordError(stopwatch() - startedMs);
    throw error;
  });
  const scores = readScores(outputs, form, request.rows);
  if (scores.some(Number.isNaN)) {
    recorder.recordError(stopwatch() - startedMs);
    throw new CodedError('P825', 'the model answered with what is no number');
  }
  const features = form.takesFeatures ? (request.tensors[0]?.data as Float32Array) : null;
  const latencyMs = stopwatch() - startedMs;
  recorder.recordAnswer({ rows: request.rows, features, scores, threshold, latencyMs });
  return { outputs, scores };
}

function readScores(
  outputs: readonly Tensor[],
  { score }: VersionForm,
  rows: number,
): Float64Array {
  const data = outputs[score.output]?.data;
  const scores = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    scores[row] = Number(data?.[row * score.stride + score.offset] ?? Number.NaN);
  }
  return scores;
}
