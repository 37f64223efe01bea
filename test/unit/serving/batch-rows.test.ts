import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeRows, splitRows } from '../../../reconciler/core/serving/batch-rows.ts';
import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';

const tensor = (rows: readonly (readonly number[])[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [rows.length, 3],
  data: Float32Array.from(rows.flat()),
});

const whole = (rows: number): Tensor => ({
  name: 'n',
  datatype: 'INT64',
  shape: [rows],
  data: BigInt64Array.from({ length: rows }, (_, index) => BigInt(index)),
});

describe('rows of several requests', () => {
  it('come back from a batch as they went in', () => {
    const row = fc.array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 });
    const member = fc.array(row, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(member, { minLength: 1, maxLength: 6 }), (members) => {
        const tensors = members.map((rows) => [tensor(rows), whole(rows.length)]);
        const merged = mergeRows(tensors);
        const total = members.reduce((sum, rows) => sum + rows.length, 0);
        expect(merged.map(({ shape }) => shape)).toEqual([[total, 3], [total]]);
        const counts = members.map((rows) => rows.length);
        expect(splitRows(merged, counts)).toEqual(tensors);
      }),
    );
  });

  it('are none when nobody asked', () => {
    expect(mergeRows([])).toEqual([]);
  });
});
