import { allocate, countPerRow, type Tensor, type TensorData } from './tensor.ts';

/** Puts the rows of several requests under each other; all have the same tensors in the same order. */
export function mergeRows(members: readonly (readonly Tensor[])[]): readonly Tensor[] {
  const [first] = members;
  if (first === undefined) return [];
  if (members.length === 1) return first;
  return first.map((tensor, index) => mergeTensor(tensor, members, index));
}

function mergeTensor(
  { name, datatype, shape }: Tensor,
  members: readonly (readonly Tensor[])[],
  index: number,
): Tensor {
  const parts = members.map((tensors) => tensors[index] as Tensor);
  const rows = parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
  const data = allocate(datatype, rows * countPerRow(shape));
  let at = 0;
  for (const part of parts) {
    copyInto(data, part.data, at);
    at += part.data.length;
  }
  return { name, datatype, shape: [rows, ...shape.slice(1)], data };
}

function copyInto(target: TensorData, source: TensorData, at: number): void {
  // Both have the datatype of the model's input: requests were checked before they were queued.
  (target as Float32Array).set(source as Float32Array, at);
}

/** Gives each member its rows of every tensor. */
export function splitRows(
  tensors: readonly Tensor[],
  rowsOfMembers: readonly number[],
): readonly (readonly Tensor[])[] {
  if (rowsOfMembers.length === 1) return [tensors];
  let from = 0;
  return rowsOfMembers.map((rows) => {
    const part = tensors.map((tensor) => sliceRows(tensor, from, from + rows));
    from += rows;
    return part;
  });
}

function sliceRows({ name, datatype, shape, data }: Tensor, from: number, to: number): Tensor {
  const perRow = countPerRow(shape);
  const rows = data.subarray(from * perRow, to * perRow) as TensorData;
  return { name, datatype, shape: [to - from, ...shape.slice(1)], data: rows };
}
