import { createHash } from 'node:crypto';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import type {
  FeatureContract,
  ModelManifest,
} from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { TrainerManifest } from '../../reconciler/core/contracts/generated/trainer-manifest.generated.ts';
import { type OnnxNode, type OnnxTensor, type OnnxValue, writeOnnx } from './onnx-writer.ts';

type Names = { readonly inputName?: string; readonly outputName?: string };

/** `score = sigmoid(features · weights + bias)`; a missing feature (NaN) counts as zero. */
export function makeSigmoidModel(
  model: { readonly weights: readonly number[]; readonly bias: number } & Names,
): Uint8Array {
  const { weights, bias } = model;
  return makeScoreModel({
    ...model,
    features: weights.length,
    nodes: [
      { operator: 'IsNaN', inputs: ['x'], outputs: ['missing'] },
      { operator: 'Where', inputs: ['missing', 'zero', 'x'], outputs: ['filled'] },
      { operator: 'MatMul', inputs: ['filled', 'weights'], outputs: ['product'] },
      { operator: 'Add', inputs: ['product', 'bias'], outputs: ['logit'] },
      { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'zero', shape: [], values: [0] },
      { name: 'weights', shape: [weights.length, 1], values: weights },
      { name: 'bias', shape: [1], values: [bias] },
    ],
  });
}

/** The sum of all features plus a number: no probability, but easy to compute in one's head. */
export function makeSumModel(
  model: { readonly features: number; readonly add: number } & Names,
): Uint8Array {
  return makeScoreModel({
    ...model,
    nodes: [
      {
        operator: 'ReduceSum',
        inputs: ['x', 'axes'],
        outputs: ['sum'],
        attributes: [{ name: 'keepdims', int: 1 }],
      },
      { operator: 'Add', inputs: ['sum', 'add'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'axes', shape: [1], values: [1], type: 7 },
      { name: 'add', shape: [1], values: [model.add] },
    ],
  });
}

/** One split of a tree: below the threshold, at or above it, or missing (as if below). */
export function makeTreeModel(
  model: {
    readonly features: number;
    readonly feature: number;
    readonly threshold: number;
    /** Log-odds. */
    readonly below: number;
    readonly above: number;
  } & Names,
): Uint8Array {
  const node: OnnxNode = {
    operator: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    outputs: ['logit'],
    attributes: [
      { name: 'n_targets', int: 1 },
      { name: 'nodes_treeids', ints: [0, 0, 0] },
      { name: 'nodes_nodeids', ints: [0, 1, 2] },
      { name: 'nodes_featureids', ints: [model.feature, 0, 0] },
      { name: 'nodes_modes', strings: ['BRANCH_LT', 'LEAF', 'LEAF'] },
      { name: 'nodes_values', floats: [model.threshold, 0, 0] },
      { name: 'nodes_truenodeids', ints: [1, 0, 0] },
      { name: 'nodes_falsenodeids', ints: [2, 0, 0] },
      { name: 'nodes_missing_value_tracks_true', ints: [1, 0, 0] },
      { name: 'target_treeids', ints: [0, 0] },
      { name: 'target_nodeids', ints: [1, 2] },
      { name: 'target_ids', ints: [0, 0] },
      { name: 'target_weights', floats: [model.below, model.above] },
    ],
  };
  // ONNX Runtime ignores the operator's own logistic transform when there is one target.
  const sigmoid: OnnxNode = { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] };
  return makeScoreModel({ ...model, nodes: [node, sigmoid] });
}

/** Full trees with thresholds from -1 to 7 and small leaves, all drawn from `fraction`. */
export function makeForestModel(
  model: {
    readonly features: number;
    readonly trees: number;
    readonly depth: number;
    readonly fraction: () => number;
  } & Names,
): Uint8Array {
  const inner = 2 ** model.depth - 1;
  const nodes = Array.from({ length: model.trees }, (_, tree) =>
    Array.from({ length: 2 * inner + 1 }, (__, node) => ({ tree, node, isLeaf: node >= inner })),
  ).flat();
  const leaves = nodes.filter(({ isLeaf }) => isLeaf);
  const toChild = (side: 1 | 2) => nodes.map(({ node, isLeaf }) => (isLeaf ? 0 : 2 * node + side));
  const draw = (size: number) => Math.floor(model.fraction() * size);
  const forest: OnnxNode = {
    operator: 'TreeEnsembleRegressor',
    domain: 'ai.onnx.ml',
    inputs: ['x'],
    outputs: ['logit'],
    attributes: [
      { name: 'n_targets', int: 1 },
      { name: 'nodes_treeids', ints: nodes.map(({ tree }) => tree) },
      { name: 'nodes_nodeids', ints: nodes.map(({ node }) => node) },
      { name: 'nodes_featureids', ints: nodes.map(() => draw(model.features)) },
      { name: 'nodes_modes', strings: nodes.map(({ isLeaf }) => (isLeaf ? 'LEAF' : 'BRANCH_LEQ')) },
      { name: 'nodes_values', floats: nodes.map(() => model.fraction() * 8 - 1) },
      { name: 'nodes_truenodeids', ints: toChild(1) },
      { name: 'nodes_falsenodeids', ints: toChild(2) },
      { name: 'target_treeids', ints: leaves.map(({ tree }) => tree) },
      { name: 'target_nodeids', ints: leaves.map(({ node }) => node) },
      { name: 'target_ids', ints: leaves.map(() => 0) },
      { name: 'target_weights', floats: leaves.map(() => model.fraction() / 10 - 0.05) },
    ],
  };
  const sigmoid: OnnxNode = { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] };
  return makeScoreModel({ ...model, nodes: [forest, sigmoid] });
}

/** Answers NaN for every row whose first feature is below zero or missing. */
export function makeNanModel(model: { readonly features: number } & Names): Uint8Array {
  return makeScoreModel({
    ...model,
    nodes: [
      { operator: 'Gather', inputs: ['x', 'first'], outputs: ['one'], attributes: AXIS_1 },
      { operator: 'Sqrt', inputs: ['one'], outputs: ['root'] },
      { operator: 'Sigmoid', inputs: ['root'], outputs: ['y'] },
    ],
    initializers: [{ name: 'first', shape: [1], values: [0], type: 7 }],
  });
}

/** Another answer at every call. */
export function makeRandomModel(model: { readonly features: number } & Names): Uint8Array {
  return makeScoreModel({
    ...model,
    nodes: [
      { operator: 'Gather', inputs: ['x', 'first'], outputs: ['one'], attributes: AXIS_1 },
      { operator: 'RandomUniformLike', inputs: ['one'], outputs: ['y'] },
    ],
    initializers: [{ name: 'first', shape: [1], values: [0], type: 7 }],
  });
}

const AXIS_1 = [{ name: 'axis', int: 1 }] as const;

/** Weights that lie in another file. */
export function makeExternalDataModel(
  model: { readonly features: number; readonly file: string } & Names,
): Uint8Array {
  return makeScoreModel({
    ...model,
    nodes: [
      { operator: 'MatMul', inputs: ['x', 'weights'], outputs: ['logit'] },
      { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'weights', shape: [model.features, 1], values: [], externalFile: model.file },
    ],
  });
}

/** An operator of nobody's. */
export function makeCustomDomainModel(
  model: { readonly features: number; readonly domain: string } & Names,
): Uint8Array {
  return makeScoreModel({
    ...model,
    nodes: [{ operator: 'Mystery', domain: model.domain, inputs: ['x'], outputs: ['y'] }],
    opsets: { '': 17, [model.domain]: 1 },
  });
}

/** Any nodes between an input of features and an output of one score a row; `x` becomes `y`. */
export function makeScoreModel(
  model: {
    readonly features: number;
    readonly nodes: readonly OnnxNode[];
    readonly initializers?: readonly OnnxTensor[];
    readonly opsets?: Readonly<Record<string, number>>;
    readonly input?: Omit<OnnxValue, 'name'>;
    readonly output?: Omit<OnnxValue, 'name'>;
    readonly extra?: Uint8Array;
  } & Names,
): Uint8Array {
  const inputName = model.inputName ?? 'features';
  const outputName = model.outputName ?? 'score';
  const rename = (name: string) => (name === 'x' ? inputName : name === 'y' ? outputName : name);
  return writeOnnx({
    nodes: model.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    initializers: model.initializers ?? [],
    inputs: [{ shape: [-1, model.features], ...model.input, name: inputName }],
    outputs: [{ shape: [-1, 1], ...model.output, name: outputName }],
    ...(model.opsets === undefined ? {} : { opsets: model.opsets }),
    ...(model.extra === undefined ? {} : { extra: model.extra }),
  });
}

function digestFile(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Features that the request brings, all numbers. */
export function makeContract(names: readonly string[]): FeatureContract {
  return {
    v: 1,
    views: [],
    features: names.map((name) => ({ name, view: null, kind: 'number', categories: [] })),
  };
}

/** What an evaluation would have made of a model of one input and one output. */
export function makeManifest(
  input: {
    readonly model: Uint8Array;
    readonly contract: FeatureContract;
    readonly seed?: number;
    readonly runKey?: string;
    readonly maxBatchSize?: number;
    readonly reference?: ModelManifest['reference'];
  } & Names,
): ModelManifest {
  const { model, contract } = input;
  const seed = input.seed ?? 7;
  return {
    manifestVersion: 1,
    format: 'onnx',
    file: 'model.onnx',
    sha256: digestFile(model),
    sizeBytes: model.length,
    opset: { 'ai.onnx': 17 },
    task: 'binary-classification',
    ...toTensors(contract, input),
    contract,
    contractDigest: digestJson(contract),
    batching: { dynamicBatchAxis: 0, maxBatchSize: input.maxBatchSize ?? 256 },
    reference: input.reference ?? makeReference(contract),
    training: {
      runKey: input.runKey ?? digestJson({ run: seed }),
      modelDigest: digestJson('model'),
      snapshotDigest: digestJson('snapshot'),
      trainerDigest: digestJson('trainer'),
      asOf: '2026-06-01T00:00:00Z',
      seed,
      rows: 1000,
    },
    environment: { framework: 'test 1.0', python: '3.12.0', device: 'cpu' },
  };
}

/** What a trainer that tells the truth says of its file. */
export function makeTrainerManifest(
  input: {
    readonly model: Uint8Array;
    readonly contract: FeatureContract;
    readonly validationAuc?: number;
  } & Names,
): TrainerManifest {
  const { model, contract, validationAuc } = input;
  return {
    manifestVersion: 1,
    format: 'onnx',
    file: 'model.onnx',
    sha256: digestFile(model),
    ...toTensors(contract, input),
    metrics:
      validationAuc === undefined
        ? []
        : [{ name: 'auc', value: validationAuc, split: 'validation' }],
    environment: { framework: 'test 1.0', python: '3.12.0', device: 'cpu' },
    determinism: { claimed: true, scope: 'same machine' },
  };
}

function toTensors(
  contract: FeatureContract,
  names: Names,
): Pick<ModelManifest, 'inputs' | 'outputs'> {
  const { inputName = 'features', outputName = 'score' } = names;
  return {
    inputs: [{ name: inputName, datatype: 'FP32', shape: [-1, contract.features.length] }],
    outputs: [
      { name: outputName, datatype: 'FP32', shape: [-1, 1], meaning: 'probability-of-positive' },
    ],
  };
}

/** Two cells each, half the rows in either. */
function makeReference(contract: FeatureContract): ModelManifest['reference'] {
  return {
    rows: 1000,
    features: contract.features.map(({ name, kind, categories }) => {
      const edges = kind === 'category' ? categories.map((_, index) => index) : [0];
      const counts = [...edges.map(() => 500), 500];
      return { name, kind, edges, counts, null: 0, nonFinite: 0 };
    }),
    score: { edges: [0.5], counts: [500, 500] },
  };
}
