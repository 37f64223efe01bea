import { makeScoreModel } from './onnx-models.ts';
import type { OnnxNode } from './onnx-writer.ts';

const COPY: OnnxNode = { operator: 'Identity', inputs: ['x'], outputs: ['y'] };

/** A loop whose body does nothing, so often. */
export function makeLoopModel(times: number): Uint8Array {
  const body = {
    nodes: [
      { operator: 'Identity', inputs: ['go'], outputs: ['go_on'] },
      { operator: 'Identity', inputs: ['value'], outputs: ['same'] },
    ],
    inputs: [
      { name: 'turn', shape: [], type: 7 },
      { name: 'go', shape: [], type: 9 },
      { name: 'value', shape: [-1, 1] },
    ],
    outputs: [
      { name: 'go_on', shape: [], type: 9 },
      { name: 'same', shape: [-1, 1] },
    ],
  };
  return makeScoreModel({
    features: 2,
    nodes: [
      {
        operator: 'Gather',
        inputs: ['x', 'first'],
        outputs: ['one'],
        attributes: [{ name: 'axis', int: 1 }],
      },
      {
        operator: 'Loop',
        inputs: ['times', '', 'one'],
        outputs: ['last'],
        attributes: [{ name: 'body', graph: body }],
      },
      { operator: 'Sigmoid', inputs: ['last'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'first', shape: [1], values: [0], type: 7 },
      { name: 'times', shape: [], values: [times], type: 7 },
    ],
  });
}

/** Branches inside branches, so deep. */
export function makeNestedModel(depth: number): Uint8Array {
  const graph = (level: number): { nodes: readonly OnnxNode[]; inputs: []; outputs: [] } => ({
    nodes:
      level === 0
        ? []
        : [
            {
              operator: 'If',
              inputs: ['condition'],
              outputs: [],
              attributes: [{ name: 'then_branch', graph: graph(level - 1) }],
            },
          ],
    inputs: [],
    outputs: [],
  });
  return makeScoreModel({ features: 2, nodes: [...graph(depth).nodes, COPY] });
}

/** Takes sixteen gigabytes while it runs, and a few hundred bytes as a file. */
export function makeMemoryBomb(): Uint8Array {
  return makeScoreModel({
    features: 2,
    nodes: [
      { operator: 'ConstantOfShape', inputs: ['shape'], outputs: ['large'] },
      { operator: 'Exp', inputs: ['large'], outputs: ['larger'] },
      {
        operator: 'ReduceSum',
        inputs: ['larger'],
        outputs: ['sum'],
        attributes: [{ name: 'keepdims', int: 0 }],
      },
      {
        operator: 'Gather',
        inputs: ['x', 'first'],
        outputs: ['one'],
        attributes: [{ name: 'axis', int: 1 }],
      },
      { operator: 'Mul', inputs: ['one', 'sum'], outputs: ['logit'] },
      { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] },
    ],
    initializers: [
      { name: 'shape', shape: [1], values: [4e9], type: 7 },
      { name: 'first', shape: [1], values: [0], type: 7 },
    ],
  });
}
