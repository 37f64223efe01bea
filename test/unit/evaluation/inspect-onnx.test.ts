import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { createFrameReader, type Frame } from '../../../runners/evaluate/frames.ts';
import { inspectOnnx } from '../../../runners/evaluate/inspect-onnx.ts';
import { makeSigmoidModel, makeTreeModel } from '../../support/onnx-models.ts';

const MODEL = makeSigmoidModel({ weights: [1, 2, 3], bias: 0 });

/** What it says, or that it is refused: never another failure, never no end. */
function inspect(bytes: Uint8Array): 'refused' | 'taken' {
  try {
    inspectOnnx(bytes);
    return 'taken';
  } catch (error) {
    expect(isCodedError(error, 'P804')).toBe(true);
    return 'refused';
  }
}

describe('an ONNX file', () => {
  it('is read as what it is', () => {
    expect(inspectOnnx(MODEL)).toEqual({
      opset: { 'ai.onnx': 17, 'ai.onnx.ml': 3 },
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 3] }],
      outputs: [{ name: 'score', datatype: 'FP32', shape: [-1, 1] }],
    });
    const tree = makeTreeModel({ features: 4, feature: 1, threshold: 0, below: -1, above: 1 });
    expect(inspectOnnx(tree).inputs[0]?.shape).toEqual([-1, 4]);
  });

  it('that is cut off anywhere is refused or lacks a part, and nothing else happens', () => {
    for (let length = 0; length < MODEL.length; length += 1) {
      expect(['refused', 'taken']).toContain(inspect(MODEL.slice(0, length)));
    }
    expect(inspect(MODEL.slice(0, 200))).toBe('refused');
  });

  it('of any bytes, or with any byte changed, is refused or taken', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        inspect(bytes);
      }),
    );
    const anyChange = fc.tuple(fc.nat({ max: MODEL.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(anyChange, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Uint8Array.from(MODEL);
        for (const [at, byte] of changes) changed[at] = byte;
        inspect(changed);
      }),
    );
  });
});

describe('frames', () => {
  const toBytes = ({ kind, payload }: Frame): Buffer => {
    const header = Buffer.alloc(5);
    header.writeUInt32LE(payload.length, 0);
    header.writeUInt8(kind, 4);
    return Buffer.concat([header, payload]);
  };

  it('come out whole, however they are cut on the way', () => {
    const anyFrame = fc.record({
      kind: fc.nat({ max: 255 }),
      payload: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyFrame),
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (frames, cuts) => {
          const read = createFrameReader(40);
          const whole = Buffer.concat(frames.map(toBytes));
          const found: Frame[] = [];
          for (let at = 0; at < whole.length; ) {
            const length = cuts.next().value as number;
            found.push(...read(whole.subarray(at, at + length)));
            at += length;
          }
          expect(found.map(toBytes)).toEqual(frames.map(toBytes));
        },
      ),
    );
  });

  it('larger than allowed are refused at once', () => {
    const header = Buffer.from([0xff, 0xff, 0xff, 0xff, 0]);
    expect(() => createFrameReader(1024)(header)).toThrow(RangeError);
  });
});
