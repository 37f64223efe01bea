import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import {
  type InferenceForm,
  parseEnvelope,
  parseInferenceRequest,
} from '../../../reconciler/core/serving/inference-request.ts';
import type { ServedDatatype } from '../../../reconciler/core/serving/tensor.ts';

const form = (
  datatype: ServedDatatype = 'FP32',
  shape: readonly number[] = [-1, 2],
): InferenceForm => ({
  inputs: [{ name: 'x', datatype, shape }],
  outputs: [{ name: 'y', datatype: 'FP32', shape: [-1, 1] }],
  maxRows: 8,
});

const input = (change: object = {}) => ({
  name: 'x',
  shape: [1, 2],
  datatype: 'FP32',
  data: [1, 2],
  ...change,
});

const parse = (body: unknown, expected = form()) =>
  parseInferenceRequest(parseEnvelope(body), expected);

function numbersOf(body: unknown): readonly number[] {
  const [tensor] = parse(body).tensors;
  if (!(tensor?.data instanceof Float32Array)) throw new Error('there is no FP32 input');
  return [...tensor.data];
}

function refusal(body: unknown, expected = form()): string {
  try {
    parse(body, expected);
  } catch (error) {
    if (isCodedError(error, 'P821')) return error.message;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('an inference request', () => {
  it('reads flat and nested data alike, in row-major order', () => {
    const matrix = fc.array(
      fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer()),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(matrix, (rows) => {
        const shape = [rows.length, 2];
        const nested = parse({ inputs: [input({ shape, data: rows })] });
        const flat = parse({ inputs: [input({ shape, data: rows.flat() })] });
        expect(nested).toEqual(flat);
        expect(numbersOf({ inputs: [input({ shape, data: rows })] })).toEqual(
          rows.flat().map(Math.fround),
        );
        expect(flat.rows).toBe(rows.length);
      }),
    );
  });

  it('takes null for a missing value of a number that has NaN, and of no other', () => {
    expect(numbersOf({ inputs: [input({ data: [null, 2] })] })).toEqual([Number.NaN, 2]);
    for (const datatype of ['INT32', 'INT64'] as const) {
      const body = { inputs: [input({ datatype, data: [null, 2] })] };
      expect(refusal(body, form(datatype))).toContain(`position 0 that is no ${datatype}`);
    }
  });

  it.each([
    ['FP32', 3.5e38],
    ['FP32', '1'],
    ['FP32', true],
    ['FP32', {}],
    ['FP64', '1'],
    ['INT32', 1.5],
    ['INT32', 2 ** 31],
    ['INT64', 2 ** 53],
    ['INT64', 0.1],
  ] as const)('takes no %s that would lose its value: %j', (datatype, value) => {
    const body = { inputs: [input({ datatype, data: [1, value] })] };
    expect(refusal(body, form(datatype))).toBe(
      `input 'x' has an element at position 1 that is no ${datatype}`,
    );
  });

  it('keeps whole numbers whole', () => {
    const body = (datatype: string, data: readonly number[]) => ({
      inputs: [input({ datatype, data })],
    });
    const large = Number.MAX_SAFE_INTEGER;
    const int64 = parse(body('INT64', [large, -large]), form('INT64')).tensors[0]?.data;
    expect(int64).toEqual(BigInt64Array.of(BigInt(large), -BigInt(large)));
    const int32 = parse(body('INT32', [-(2 ** 31), 2 ** 31 - 1]), form('INT32')).tensors[0]?.data;
    expect(int32).toEqual(Int32Array.of(-(2 ** 31), 2 ** 31 - 1));
  });

  it.each([
    ['no object', [], 'the body is no JSON object'],
    ['no inputs', {}, 'inputs are no list'],
    ['an id that is no text', { id: 3, inputs: [] }, 'id is no text'],
    ['a broken key', { parameters: { entity_key: 1.5 }, inputs: [] }, 'entity_key'],
    ['a key that is an object', { parameters: { entity_key: {} }, inputs: [] }, 'entity_key'],
    ['no keys in a list', { parameters: { entity_key: [] }, inputs: [] }, 'entity_key'],
    ['a list within a list', { parameters: { entity_key: [['x']] }, inputs: [] }, 'entity_key'],
    ['too many keys', { parameters: { entity_key: Array(65).fill('x') }, inputs: [] }, 'key'],
    ['half a character', { parameters: { entity_key: 'x\ud800' }, inputs: [] }, 'entity_key'],
    ['half a character in an id', { id: 'x\ud800', inputs: [] }, 'id is no text'],
    ['a missing input', { inputs: [] }, "input 'x' is missing"],
    ['an input without a name', { inputs: [{}] }, 'an input has no name'],
    ['an input twice', { inputs: [input(), input()] }, 'appears twice'],
    ['an unknown input', { inputs: [input({ name: 'z' })] }, "it knows 'x'"],
    [
      'another datatype',
      { inputs: [input({ datatype: 'FP64' })] },
      'FP64 where the model takes FP32',
    ],
    ['no datatype', { inputs: [input({ datatype: 7 })] }, 'none that is known'],
    ['no data', { inputs: [input({ data: undefined })] }, 'has no data'],
    ['data that is no list', { inputs: [input({ data: '1,2' })] }, 'has no data'],
    [
      'too few elements',
      { inputs: [input({ data: [1] })] },
      'has 1 elements of data where its shape says 2',
    ],
    ['too many elements', { inputs: [input({ data: [1, 2, 3] })] }, 'has 3 elements'],
    [
      'another width',
      { inputs: [input({ shape: [2, 1] })] },
      'shape [2,1] where the model takes [-1,2]',
    ],
    ['another rank', { inputs: [input({ shape: [2] })] }, 'shape [2]'],
    ['a negative dimension', { inputs: [input({ shape: [-1, 2] })] }, 'has no shape'],
    ['a broken dimension', { inputs: [input({ shape: [0.5, 2] })] }, 'has no shape'],
    ['a dimension as text', { inputs: [input({ shape: ['1', 2] })] }, 'has no shape'],
    ['no rows', { inputs: [input({ shape: [0, 2], data: [] })] }, 'has no rows'],
    ['too many rows', { inputs: [input({ shape: [9, 2], data: Array(18).fill(0) })] }, 'at most 8'],
    ['an unknown output', { inputs: [input()], outputs: [{ name: 'z' }] }, "it knows 'y'"],
    ['an output twice', { inputs: [input()], outputs: [{ name: 'y' }, { name: 'y' }] }, 'twice'],
  ])('is refused for %s', (_, body, why) => {
    expect(refusal(body)).toContain(why);
  });

  it.each([[[2 ** 4, 2 ** 52]], [[2 ** 52, 2 ** 52]], [[2 ** 2, 2 ** 52 + 2]], [[2 ** 40, 2]]])(
    'does not believe a shape of %j before it counts',
    (shape) => {
      const open = form('FP32', [-1, -1]);
      expect(refusal({ inputs: [input({ shape })] }, open)).toContain(
        'where the model takes [-1,-1]',
      );
    },
  );

  it('answers with the outputs that are asked for, and with all when none is', () => {
    expect(parse({ inputs: [input()], outputs: [{ name: 'y' }] }).outputs).toEqual(['y']);
    expect(parse({ inputs: [input()], outputs: [] }).outputs).toBeNull();
    expect(parse({ inputs: [input()] }).outputs).toBeNull();
  });

  it('never takes a key from the prototype of an object', () => {
    const body = JSON.parse('{"parameters":{"__proto__":{"entity_key":"x"}},"inputs":[]}');
    expect(parseEnvelope(body).entity).toBeNull();
  });

  it('names the keys of an entity, one of them or several', () => {
    const keysOf = (entity_key: unknown) =>
      parseEnvelope({ parameters: { entity_key }, inputs: [] }).entity;
    expect(keysOf('c-1')).toEqual(['c-1']);
    expect(keysOf('["c-1"]')).toEqual(['["c-1"]']);
    expect(keysOf(17)).toEqual([17]);
    expect(keysOf(['c-1', 17, true])).toEqual(['c-1', 17, true]);
    expect(keysOf(null)).toBeNull();
  });

  it('refuses anything else without another kind of failure', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (shape, data, whole) => {
        for (const body of [
          whole,
          { inputs: whole },
          { inputs: [{ name: 'x', datatype: 'FP32', shape, data }] },
        ]) {
          try {
            expect(parse(body).rows).toBeGreaterThan(0);
          } catch (error) {
            expect(isCodedError(error, 'P821')).toBe(true);
          }
        }
      }),
    );
  });
});
