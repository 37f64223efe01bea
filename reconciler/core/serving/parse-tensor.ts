import { CodedError } from '../contracts/coded-error.ts';
import { MAX_JSON_DEPTH } from './json-depth.ts';
import { allocate, type Tensor, type TensorData, type TensorForm } from './tensor.ts';

/** Beyond these a number has no place in 32 bits. */
const MAX_FP32 = 3.4028234663852886e38;
const MAX_INT32 = 2 ** 31 - 1;
const MIN_INT32 = -(2 ** 31);

/** The elements of one input: 16 MiB of JSON hold no more than eight million numbers. */
const MAX_ELEMENTS = 2 ** 23;

const MAX_RANK = 8;

/** One input of a request as its model declares it. Throws P821. */
export function parseTensor(given: Readonly<Record<string, unknown>>, form: TensorForm): Tensor {
  const { name, datatype } = form;
  if (given['datatype'] !== datatype) {
    throw refuse(
      name,
      `has datatype ${print(given['datatype'])} where the model takes ${datatype}`,
    );
  }
  const shape = parseShape(given['shape'], form);
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  if (!Array.isArray(given['data'])) {
    throw refuse(name, 'has no data: send a JSON array, since binary tensors are not taken here');
  }
  return { name, datatype, shape, data: fill(given['data'], form, count) };
}

function parseShape(value: unknown, form: TensorForm): readonly number[] {
  if (!Array.isArray(value) || value.length > MAX_RANK || !value.every(isDimension)) {
    throw refuse(form.name, 'has no shape: send a list of whole numbers that are not negative');
  }
  const shape: readonly number[] = value;
  // BigInt, because a product of numbers that each look harmless can leave the safe range.
  const count = shape.reduce((product, dimension) => product * BigInt(dimension), 1n);
  const fits =
    shape.length === form.shape.length &&
    shape.every((dimension, index) => form.shape[index] === -1 || form.shape[index] === dimension);
  if (!fits || count > BigInt(MAX_ELEMENTS)) {
    throw refuse(form.name, `has shape [${shape}] where the model takes [${form.shape}]`);
  }
  return shape;
}

function isDimension(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Nested or flat, in row-major order: both give the same elements. */
function fill(values: readonly unknown[], form: TensorForm, count: number): TensorData {
  const data = allocate(form.datatype, count);
  const place = toPlacing(form, data);
  let at = 0;
  const walk = (items: readonly unknown[], depth: number): void => {
    if (depth > MAX_JSON_DEPTH) throw refuse(form.name, 'nests its data too deeply');
    for (const item of items) {
      if (Array.isArray(item)) walk(item, depth + 1);
      else {
        if (at < count) place(item, at);
        at += 1;
      }
    }
  };
  walk(values, 1);
  if (at !== count) {
    throw refuse(form.name, `has ${at} elements of data where its shape says ${count}`);
  }
  return data;
}

type Place = (item: unknown, at: number) => void;

/** Nothing that would lose its value is taken: a whole number stays one, and a large one too. */
function toPlacing({ name, datatype }: TensorForm, data: TensorData): Place {
  const fail = (at: number): never => {
    throw refuse(name, `has an element at position ${at} that is no ${datatype}`);
  };
  if (data instanceof BigInt64Array) {
    return (item, at) => {
      if (!Number.isSafeInteger(item)) fail(at);
      data[at] = BigInt(item as number);
    };
  }
  if (data instanceof Int32Array) {
    return (item, at) => {
      if (!Number.isInteger(item)) fail(at);
      const number = item as number;
      if (number < MIN_INT32 || number > MAX_INT32) fail(at);
      data[at] = number;
    };
  }
  const limit = data instanceof Float32Array ? MAX_FP32 : Number.MAX_VALUE;
  return (item, at) => {
    // JSON has no NaN: null is how a missing value is written.
    if (item === null) data[at] = Number.NaN;
    else if (typeof item === 'number' && Math.abs(item) <= limit) data[at] = item;
    else fail(at);
  };
}

function refuse(input: string, what: string): CodedError {
  return new CodedError('P821', `input '${input}' ${what}`);
}

/** Only what can be a datatype is repeated to the client. */
function print(value: unknown): string {
  return typeof value === 'string' && /^[A-Z0-9]{1,16}$/.test(value) ? value : 'none that is known';
}
