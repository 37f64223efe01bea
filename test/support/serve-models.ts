import { makeScoreModel } from './onnx-models.ts';

const AXIS_1 = [{ name: 'axis', int: 1 }] as const;
const FIRST = { name: 'first', shape: [1], values: [0], type: 7 } as const;

/** Answers 0.25, 0.5 or 0.75 by the first feature, 0 to 2; any other fails the whole call. */
export function makePickyModel(features: number): Uint8Array {
  return makeScoreModel({
    features,
    nodes: [
      { operator: 'Gather', inputs: ['x', 'first'], outputs: ['one'], attributes: AXIS_1 },
      {
        operator: 'Cast',
        inputs: ['one'],
        outputs: ['position'],
        attributes: [{ name: 'to', int: 7 }],
      },
      { operator: 'Gather', inputs: ['table', 'position'], outputs: ['y'] },
    ],
    initializers: [FIRST, { name: 'table', shape: [3], values: [0.25, 0.5, 0.75] }],
  });
}

/** Multiplies square matrices four times, then answers 0.5 for zeros: 1,024 take a fifth of a second. */
export function makeSlowModel(features: number, size: number): Uint8Array {
  const steps = Array.from({ length: 4 }, (_, index) => ({
    operator: 'MatMul',
    inputs: [`m${index}`, 'm0'],
    outputs: [`m${index + 1}`],
  }));
  const whole = [{ name: 'keepdims', int: 0 }] as const;
  return makeScoreModel({
    features,
    nodes: [
      { operator: 'ReduceMean', inputs: ['x'], outputs: ['mean'], attributes: whole },
      { operator: 'Expand', inputs: ['mean', 'size'], outputs: ['m0'] },
      ...steps,
      { operator: 'ReduceMean', inputs: ['m4'], outputs: ['product'], attributes: whole },
      { operator: 'Gather', inputs: ['x', 'first'], outputs: ['one'], attributes: AXIS_1 },
      { operator: 'Add', inputs: ['one', 'product'], outputs: ['logit'] },
      { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] },
    ],
    initializers: [FIRST, { name: 'size', shape: [2], values: [size, size], type: 7 }],
  });
}
