import { inspectTensor, type OnnxTensor, readValueInfo } from './inspect-tensor.ts';
import { requireDomain } from './operator-domain.ts';
import { type FieldBudget, readFields, toMessage, toName } from './protocol-buffer.ts';
import { refuse } from './refuse.ts';

export type GraphLimits = {
  /** In all graphs together. */
  readonly nodes: number;
  /** Graphs inside graphs: loops and branches. */
  readonly depth: number;
};

export type InspectedGraph = {
  readonly inputs: readonly OnnxTensor[];
  readonly outputs: readonly OnnxTensor[];
};

const GRAPH = {
  node: 1,
  initializer: 5,
  input: 11,
  output: 12,
  sparseInitializer: 15,
  /** Its name, texts, shapes in between and properties. */
  descriptive: new Set([2, 10, 13, 14, 16]),
};
const NODE = { operator: 4, attribute: 5, domain: 7, overload: 8 };
const ATTRIBUTE = { tensor: 5, graph: 6, tensors: 10, graphs: 11, reference: 21, sparse: [22, 23] };

/** A model that draws lots answers differently each time, even where a probe sees no difference. */
const DRAWING_LOTS: ReadonlySet<string> = new Set([
  ...['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike'],
  ...['Multinomial', 'Bernoulli'],
]);

/** What is inspected so far; the same for all graphs inside each other. */
type Walk = { readonly limits: GraphLimits; readonly budget: FieldBudget; nodes: number };

export function inspectGraph(
  message: Uint8Array,
  limits: GraphLimits,
  budget: FieldBudget,
): InspectedGraph {
  return walkGraph(message, { limits, budget, nodes: 0 }, 1);
}

function walkGraph(message: Uint8Array, walk: Walk, depth: number): InspectedGraph {
  const { depth: maxDepth } = walk.limits;
  if (depth > maxDepth) throw refuse(`model.onnx nests graphs more than ${maxDepth} deep`);
  const inputs: OnnxTensor[] = [];
  const outputs: OnnxTensor[] = [];
  const constants = new Set<string>();
  for (const field of readFields(message, walk.budget)) {
    if (field.number === GRAPH.node) walkNode(toMessage(field), walk, depth);
    else if (field.number === GRAPH.initializer) {
      constants.add(inspectTensor(toMessage(field), walk.budget));
    } else if (field.number === GRAPH.input) {
      inputs.push(readValueInfo(toMessage(field), walk.budget));
    } else if (field.number === GRAPH.output) {
      outputs.push(readValueInfo(toMessage(field), walk.budget));
    } else if (!GRAPH.descriptive.has(field.number)) {
      const what = field.number === GRAPH.sparseInitializer ? 'sparse tensors' : 'unknown fields';
      throw refuse(`model.onnx has ${what} in its graph`);
    }
  }
  // Old files list their constants among the inputs.
  return { inputs: inputs.filter(({ name }) => !constants.has(name)), outputs };
}

function walkNode(message: Uint8Array, walk: Walk, depth: number): void {
  walk.nodes += 1;
  if (walk.nodes > walk.limits.nodes) {
    throw refuse(`model.onnx has more than ${walk.limits.nodes} nodes`);
  }
  for (const field of readFields(message, walk.budget)) {
    if (field.number === NODE.attribute) walkAttribute(toMessage(field), walk, depth);
    else if (field.number === NODE.overload) throw refuse('model.onnx calls functions of its own');
    else if (field.number === NODE.domain) requireDomain(toName(field));
    else if (field.number === NODE.operator) checkOperator(toName(field));
  }
}

function checkOperator(operator: string): void {
  if (!DRAWING_LOTS.has(operator)) return;
  throw refuse(`model.onnx draws lots (${operator}): the same row must always get the same score`);
}

function walkAttribute(message: Uint8Array, walk: Walk, depth: number): void {
  for (const field of readFields(message, walk.budget)) {
    if (field.number === ATTRIBUTE.graph || field.number === ATTRIBUTE.graphs) {
      walkGraph(toMessage(field), walk, depth + 1);
    } else if (field.number === ATTRIBUTE.tensor || field.number === ATTRIBUTE.tensors) {
      inspectTensor(toMessage(field), walk.budget);
    } else if (field.number === ATTRIBUTE.reference) {
      throw refuse('model.onnx refers to attributes of functions');
    } else if (ATTRIBUTE.sparse.includes(field.number)) {
      throw refuse('model.onnx has sparse tensors');
    }
  }
}
