import type { ManifestInput } from '../contracts/generated/model-manifest.generated.ts';

/** What is served today; a model with others is refused when it is loaded. */
export type ServedDatatype = 'FP32' | 'FP64' | 'INT32' | 'INT64';

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array;

/** As a model declares it; -1 is the batch. */
export type TensorForm = {
  readonly name: string;
  readonly datatype: ServedDatatype;
  readonly shape: readonly number[];
};

export type Tensor = {
  readonly name: string;
  readonly datatype: ServedDatatype;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: TensorData;
};

const SERVED_DATATYPES: readonly ServedDatatype[] = ['FP32', 'FP64', 'INT32', 'INT64'];

/** Null for a datatype that is not served. */
export function toTensorForm(declared: Omit<ManifestInput, 'meaning'>): TensorForm | null {
  const datatype = SERVED_DATATYPES.find((served) => served === declared.datatype);
  if (datatype === undefined) return null;
  return { name: declared.name, datatype, shape: declared.shape };
}

export function allocate(datatype: ServedDatatype, length: number): TensorData {
  if (datatype === 'FP32') return new Float32Array(length);
  if (datatype === 'FP64') return new Float64Array(length);
  return datatype === 'INT32' ? new Int32Array(length) : new BigInt64Array(length);
}

/** How many elements a row has: the product of all dimensions but the first. */
export function countPerRow(shape: readonly number[]): number {
  return shape.slice(1).reduce((product, dimension) => product * dimension, 1);
}
