import { InferenceSession, Tensor } from 'onnxruntime-node';

/** What ONNX Runtime says of rows, by the names that a bundled trainer gives its model. */
export async function scoreWithOnnxRuntime(input: {
  readonly modelFile: string;
  readonly features: Float32Array;
  readonly rows: number;
}): Promise<Float32Array> {
  const session = await InferenceSession.create(input.modelFile, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
  });
  const shape = [input.rows, input.features.length / input.rows];
  const answer = await session.run({ features: new Tensor('float32', input.features, shape) });
  const scores = answer['score']?.data;
  await session.release();
  if (!(scores instanceof Float32Array)) throw new Error('the model answers no float32 score');
  return scores;
}

/** By counting pairs, which is slow and cannot be got wrong. */
export function measureAuc(labels: readonly number[], scores: ArrayLike<number>): number {
  let won = 0;
  let pairs = 0;
  labels.forEach((label, positive) => {
    if (label !== 1) return;
    labels.forEach((other, negative) => {
      if (other !== 0) return;
      const difference = Number(scores[positive]) - Number(scores[negative]);
      won += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      pairs += 1;
    });
  });
  return won / pairs;
}
