import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { TrainerManifest } from '../../reconciler/core/contracts/generated/trainer-manifest.generated.ts';
import { requireContract } from '../../reconciler/core/contracts/parse-contract.ts';
import type { ModelFolder } from './model-folder.ts';
import { refuse } from './refuse.ts';

/** One tensor in, one out: what a binary classifier of tabular rows is. */
export type Tensors = {
  readonly input: TrainerManifest['inputs'][number];
  readonly output: TrainerManifest['outputs'][number];
};

export type TrainerClaims = { readonly manifest: TrainerManifest } & Tensors;

/** What the trainer says, as far as the file and the contract bear it out. */
export function readTrainerClaims(folder: ModelFolder, contract: FeatureContract): TrainerClaims {
  const manifest = requireContract('TrainerManifest', folder.manifestText, {
    code: 'P804',
    what: 'manifest.json',
  });
  if (manifest.sha256 !== folder.sha256) {
    throw refuse(`manifest.json speaks of ${manifest.sha256}, but model.onnx is ${folder.sha256}`);
  }
  const [input, ...otherInputs] = manifest.inputs;
  const [output, ...otherOutputs] = manifest.outputs;
  if (input === undefined || output === undefined) throw refuse('manifest.json names no tensors');
  if (otherInputs.length > 0 || otherOutputs.length > 0) {
    throw refuse('manifest.json names several inputs or outputs: a classifier has one of each');
  }
  const features = contract.features.length;
  if (input.datatype !== 'FP32' || !isShape(input.shape, [-1, features])) {
    throw refuse(
      `the input ${toTensorText(input)} does not take the contract's ${features} features: it must be FP32 [-1, ${features}]`,
    );
  }
  const isScore = isShape(output.shape, [-1, 1]) || isShape(output.shape, [-1]);
  if (output.datatype !== 'FP32' || !isScore) {
    throw refuse(
      `the output ${toTensorText(output)} is not one score a row: it must be FP32 [-1, 1] or [-1]`,
    );
  }
  return { manifest, input, output };
}

export function isShape(shape: readonly number[], expected: readonly number[]): boolean {
  return shape.length === expected.length && shape.every((size, at) => size === expected[at]);
}

export function toTensorText(tensor: {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}): string {
  return `${JSON.stringify(tensor.name).slice(0, 80)} ${tensor.datatype} [${tensor.shape.join(', ')}]`;
}
