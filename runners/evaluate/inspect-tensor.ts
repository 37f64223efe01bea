import {
  type Field,
  type FieldBudget,
  readFields,
  readVarints,
  toMessage,
  toName,
} from './protocol-buffer.ts';
import { refuse } from './refuse.ts';

/** An input or output of a graph, in the words of a manifest. */
export type OnnxTensor = {
  readonly name: string;
  /** Null for what a manifest has no word for. */
  readonly datatype: string | null;
  /** -1 where the file leaves the size open; null when it says nothing of the shape. */
  readonly shape: readonly number[] | null;
};

/** Element types of ONNX, by number, in the words of the Open Inference Protocol. */
const DATATYPES: ReadonlyMap<number, string> = new Map([
  ...([
    [1, 'FP32'],
    [2, 'UINT8'],
    [3, 'INT8'],
    [4, 'UINT16'],
    [5, 'INT16'],
    [6, 'INT32'],
  ] as const),
  ...([
    [7, 'INT64'],
    [8, 'BYTES'],
    [9, 'BOOL'],
    [11, 'FP64'],
    [12, 'UINT32'],
    [13, 'UINT64'],
  ] as const),
]);

const TENSOR = { dimensions: 1, name: 8, external: 13, location: 14 };
const MAX_DIMENSIONS = 16;

/** Smaller than a byte are only elements of four bits, two in each. */
const ELEMENTS_PER_BYTE = 2;

/** The tensor's name. Refuses one whose values are elsewhere or that says it has more than it has. */
export function inspectTensor(message: Uint8Array, budget: FieldBudget): string {
  let name = '';
  let elements = 1;
  let dimensions = 0;
  for (const field of readFields(message, budget)) {
    if (field.number === TENSOR.name) name = toName(field);
    else if (field.number === TENSOR.external || isElsewhere(field)) {
      throw refuse('model.onnx keeps values in another file: write them into it');
    } else if (field.number === TENSOR.dimensions) {
      for (const size of readVarints(field)) {
        dimensions += 1;
        elements *= size < 0 ? Number.POSITIVE_INFINITY : size;
        if (dimensions > MAX_DIMENSIONS) throw refuse('model.onnx has a tensor of 17 dimensions');
      }
    }
  }
  if (!(elements <= message.length * ELEMENTS_PER_BYTE)) {
    throw refuse('model.onnx has a tensor that says it is larger than the file');
  }
  return name;
}

function isElsewhere(field: Field): boolean {
  return field.number === TENSOR.location && field.value !== 0;
}

export function readValueInfo(message: Uint8Array, budget: FieldBudget): OnnxTensor {
  let name = '';
  let type: Pick<OnnxTensor, 'datatype' | 'shape'> = { datatype: null, shape: null };
  for (const field of readFields(message, budget)) {
    if (field.number === 1) name = toName(field);
    if (field.number === 2) type = readType(toMessage(field), budget);
  }
  return { name, ...type };
}

function readType(
  message: Uint8Array,
  budget: FieldBudget,
): Pick<OnnxTensor, 'datatype' | 'shape'> {
  let datatype: string | null = null;
  let shape: readonly number[] | null = null;
  for (const kind of readFields(message, budget)) {
    // Sequences, maps and optional values are no tensors.
    if (kind.number !== 1) continue;
    for (const field of readFields(toMessage(kind), budget)) {
      if (field.number === 1) datatype = DATATYPES.get(field.value) ?? null;
      if (field.number === 2) shape = readShape(toMessage(field), budget);
    }
  }
  return { datatype, shape };
}

function readShape(message: Uint8Array, budget: FieldBudget): readonly number[] {
  const shape: number[] = [];
  for (const dimension of readFields(message, budget)) {
    if (shape.length === MAX_DIMENSIONS) throw refuse('model.onnx has a tensor of 17 dimensions');
    let size = -1;
    for (const field of readFields(toMessage(dimension), budget)) {
      if (field.number === 1) size = field.value;
    }
    shape.push(size);
  }
  return shape;
}
