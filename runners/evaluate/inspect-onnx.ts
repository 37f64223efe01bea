import { type GraphLimits, inspectGraph } from './inspect-graph.ts';
import type { OnnxTensor } from './inspect-tensor.ts';
import { requireDomain } from './operator-domain.ts';
import { readFields, toMessage, toName } from './protocol-buffer.ts';
import { refuse } from './refuse.ts';

export type InspectedModel = {
  /** By domain, the standard one as `ai.onnx`. */
  readonly opset: Readonly<Record<string, number>>;
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
};

/** LightGBM's largest models are one node; a deep network has some thousand. */
const LIMITS: GraphLimits = { nodes: 100_000, depth: 4 };

/** A node has a dozen fields, a tree a few for each of its nodes. */
const MAX_FIELDS = 50_000_000;

const MODEL = {
  graph: 7,
  opset: 8,
  training: 20,
  functions: 25,
  /** Versions and names of what wrote it, texts, and properties: nothing that is computed. */
  descriptive: new Set([1, 2, 3, 4, 5, 6, 14]),
};

/**
 * Reads what a model file is made of, before the library that runs it sees it: refuses what points
 * outside the file, what nobody knows how to run, and what is larger than it is.
 */
export function inspectOnnx(model: Uint8Array): InspectedModel {
  const budget = { left: MAX_FIELDS };
  let graph: Uint8Array | null = null;
  const opset = new Map<string, number>();
  for (const field of readFields(model, budget)) {
    if (field.number === MODEL.graph) {
      // Two would be merged by some readers and replaced by others.
      if (graph !== null) throw refuse('model.onnx has several graphs');
      graph = toMessage(field);
    } else if (field.number === MODEL.opset) {
      readOpset(toMessage(field), opset);
    } else if (field.number === MODEL.training || field.number === MODEL.functions) {
      throw refuse('model.onnx has functions or training information: export plain operators');
    } else if (!MODEL.descriptive.has(field.number)) {
      throw refuse(`model.onnx has an unknown field ${field.number}: is it an ONNX file?`);
    }
  }
  if (graph === null) throw refuse('model.onnx has no graph: is it an ONNX file?');
  if (!opset.has('ai.onnx')) throw refuse('model.onnx names no version of the operators');
  const { inputs, outputs } = inspectGraph(graph, LIMITS, budget);
  return { opset: Object.fromEntries([...opset].sort()), inputs, outputs };
}

function readOpset(message: Uint8Array, opset: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const field of readFields(message, { left: 16 })) {
    if (field.number === 1) domain = toName(field);
    if (field.number === 2) version = field.value;
  }
  const known = requireDomain(domain);
  if (!Number.isSafeInteger(version) || version < 1 || opset.has(known)) {
    throw refuse(`model.onnx names no single version of ${known}`);
  }
  opset.set(known, version);
}
