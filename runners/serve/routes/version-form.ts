import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ModelManifest } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { type TensorForm, toTensorForm } from '../../../reconciler/core/serving/tensor.ts';

/** What a node must know of a version besides its bytes. */
export type VersionForm = {
  readonly inputs: readonly TensorForm[];
  readonly outputs: readonly TensorForm[];
  /** Most rows in one call, as the model allows it. */
  readonly maxRows: number;
  /** Where the score of a row stands among the outputs. */
  readonly score: ScorePlace;
  /** Whether the only input is the features of the contract, in their order. */
  readonly takesFeatures: boolean;
};

export type ScorePlace = {
  readonly output: number;
  readonly stride: number;
  readonly offset: number;
};

const POSITIVE = 'probability-of-positive';

/** Throws P804 when a model cannot be served here, and says what of it. */
export function toVersionForm(manifest: ModelManifest): VersionForm {
  const inputs = manifest.inputs.map((input) => requireForm(input, 'input'));
  const outputs = manifest.outputs.map((output) => requireForm(output, 'output'));
  return {
    inputs,
    outputs,
    maxRows: findMaxRows(manifest, [...inputs, ...outputs]),
    score: findScore(manifest, outputs),
    takesFeatures: doesTakeFeatures(manifest, inputs),
  };
}

function requireForm(declared: ModelManifest['inputs'][number], what: string): TensorForm {
  const form = toTensorForm(declared);
  const [, ...rest] = declared.shape;
  if (form !== null && declared.shape.length > 0 && rest.every((dimension) => dimension > 0)) {
    return form;
  }
  const why = 'served are FP32, FP64, INT32 and INT64 with rows in the first dimension alone open';
  throw new CodedError('P804', `the model's ${what} '${declared.name}' cannot be served: ${why}`);
}

/** A batch that is fixed in the file cannot be anything else. */
function findMaxRows({ batching }: ModelManifest, forms: readonly TensorForm[]): number {
  const fixed = forms.map(({ shape }) => shape[0] ?? -1).filter((rows) => rows !== -1);
  if (fixed.length === 0 && batching.dynamicBatchAxis === 0) return batching.maxBatchSize;
  return Math.min(batching.maxBatchSize, ...fixed);
}

function findScore(manifest: ModelManifest, outputs: readonly TensorForm[]): ScorePlace {
  const named = manifest.outputs.findIndex(({ meaning }) => meaning === POSITIVE);
  const output = named === -1 ? outputs.findIndex(({ datatype }) => datatype === 'FP32') : named;
  const shape = outputs[output]?.shape ?? [];
  const [, columns = 1, ...more] = shape;
  // Of two columns the second is the positive class, as classifiers are exported.
  if (output !== -1 && more.length === 0 && columns <= 2) {
    return { output, stride: columns, offset: columns - 1 };
  }
  throw new CodedError('P804', `the model has no output of one ${POSITIVE} for each row`);
}

function doesTakeFeatures({ contract }: ModelManifest, inputs: readonly TensorForm[]): boolean {
  const [input] = inputs;
  return (
    inputs.length === 1 &&
    input?.datatype === 'FP32' &&
    input.shape.length === 2 &&
    input.shape[1] === contract.features.length
  );
}
