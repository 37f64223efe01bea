/*
 * ONNX files for tests, written by hand as protocol buffers, so that no test depends on Python and
 * so that a test can write what no exporter would.
 */

/** Element types of ONNX tensors. */
const ONNX_TYPES = { float: 1, int64: 7, boolean: 9, double: 11 } as const;

type Attribute =
  | { readonly name: string; readonly float: number }
  | { readonly name: string; readonly int: number }
  | { readonly name: string; readonly string: string }
  | { readonly name: string; readonly floats: readonly number[] }
  | { readonly name: string; readonly ints: readonly number[] }
  | { readonly name: string; readonly strings: readonly string[] }
  | { readonly name: string; readonly graph: OnnxGraph };

export type OnnxNode = {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly domain?: string;
  readonly attributes?: readonly Attribute[];
};

export type OnnxTensor = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly type?: number;
  /** The values lie in another file, at this path. */
  readonly externalFile?: string;
};

export type OnnxValue = {
  readonly name: string;
  /** A number below zero is a dimension without a value. */
  readonly shape: readonly number[];
  readonly type?: number;
};

export type OnnxGraph = {
  readonly nodes: readonly OnnxNode[];
  readonly initializers?: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
};

export type OnnxModel = OnnxGraph & {
  /** By domain; '' is the standard one. */
  readonly opsets?: Readonly<Record<string, number>>;
  /** Bytes put behind everything else, for what no field above can say. */
  readonly extra?: Uint8Array;
};

export function writeOnnx(model: OnnxModel): Uint8Array {
  const opsets = Object.entries(model.opsets ?? { '': 17, 'ai.onnx.ml': 3 });
  return join([
    integer(1, 8),
    text(2, 'plumbline-test'),
    bytes(7, writeGraph(model)),
    ...opsets.map(([domain, version]) => bytes(8, join([text(1, domain), integer(2, version)]))),
    model.extra ?? new Uint8Array(),
  ]);
}

/** A field of bytes, a message or text. */
export function bytes(field: number, value: Uint8Array): Uint8Array {
  return join([varint(field * 8 + 2), varint(value.length), value]);
}

export function text(field: number, value: string): Uint8Array {
  return bytes(field, new TextEncoder().encode(value));
}

export function integer(field: number, value: number): Uint8Array {
  return join([varint(field * 8), varint(value)]);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

function writeGraph(graph: OnnxGraph): Uint8Array {
  return join([
    ...graph.nodes.map((node) => bytes(1, writeNode(node))),
    text(2, 'graph'),
    ...(graph.initializers ?? []).map((tensor) => bytes(5, writeTensor(tensor))),
    ...graph.inputs.map((value) => bytes(11, writeValue(value))),
    ...graph.outputs.map((value) => bytes(12, writeValue(value))),
  ]);
}

function writeNode(node: OnnxNode): Uint8Array {
  return join([
    ...node.inputs.map((name) => text(1, name)),
    ...node.outputs.map((name) => text(2, name)),
    text(4, node.operator),
    ...(node.attributes ?? []).map((attribute) => bytes(5, writeAttribute(attribute))),
    ...(node.domain === undefined ? [] : [text(7, node.domain)]),
  ]);
}

function writeAttribute(attribute: Attribute): Uint8Array {
  return join([text(1, attribute.name), ...writeAttributeValue(attribute)]);
}

function writeAttributeValue(attribute: Attribute): readonly Uint8Array[] {
  if ('float' in attribute) return [float(2, attribute.float), integer(20, 1)];
  if ('int' in attribute) return [integer(3, attribute.int), integer(20, 2)];
  if ('string' in attribute) return [text(4, attribute.string), integer(20, 3)];
  if ('graph' in attribute) return [bytes(6, writeGraph(attribute.graph)), integer(20, 5)];
  if ('floats' in attribute) {
    return [...attribute.floats.map((value) => float(7, value)), integer(20, 6)];
  }
  if ('ints' in attribute) {
    return [...attribute.ints.map((value) => integer(8, value)), integer(20, 7)];
  }
  return [...attribute.strings.map((value) => text(9, value)), integer(20, 8)];
}

function writeTensor(tensor: OnnxTensor): Uint8Array {
  const type = tensor.type ?? ONNX_TYPES.float;
  return join([
    ...tensor.shape.map((size) => integer(1, size)),
    integer(2, type),
    text(8, tensor.name),
    ...(tensor.externalFile === undefined
      ? [bytes(9, writeValues(type, tensor.values))]
      : [bytes(13, join([text(1, 'location'), text(2, tensor.externalFile)])), integer(14, 1)]),
  ]);
}

function writeValues(type: number, values: readonly number[]): Uint8Array {
  const array =
    type === ONNX_TYPES.int64
      ? BigInt64Array.from(values.map(BigInt))
      : type === ONNX_TYPES.double
        ? Float64Array.from(values)
        : Float32Array.from(values);
  return new Uint8Array(array.buffer);
}

function writeValue(value: OnnxValue): Uint8Array {
  const dimensions = value.shape.map((size) =>
    bytes(1, size < 0 ? text(2, 'batch') : integer(1, size)),
  );
  const type = join([integer(1, value.type ?? ONNX_TYPES.float), bytes(2, join(dimensions))]);
  return join([text(1, value.name), bytes(2, bytes(1, type))]);
}

function float(field: number, value: number): Uint8Array {
  return join([varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);
}

function varint(value: number): Uint8Array {
  const result: number[] = [];
  // A negative number takes ten bytes, as protocol buffers want it.
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    const low = Number(rest & 0x7fn);
    if (rest < 0x80n) return Uint8Array.from([...result, low]);
    result.push(low | 0x80);
  }
}
