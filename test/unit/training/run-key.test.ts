import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestText } from '../../../reconciler/core/contracts/digest.ts';
import { type RunIdentity, toRunKey } from '../../../reconciler/core/training/run-key.ts';

const IDENTITY: RunIdentity = {
  modelDigest: digestText('model'),
  contractDigest: digestText('contract'),
  snapshots: [
    { source: 'payments/a', digest: digestText('a'), sourceDigest: digestText('definition a') },
    { source: 'payments/b', digest: digestText('b'), sourceDigest: digestText('definition b') },
  ],
  trainerDigest: digestText('trainer'),
  seed: 7,
};

describe('the key of a run', () => {
  it('is the one it has always been', () => {
    expect(toRunKey(IDENTITY)).toBe(
      'sha256:3937f30d708d0775ce1eeb2fdf9e3611a0f8d8bd0d94478270e5926966d8adeb',
    );
  });

  it('does not depend on the order in which data was listed', () => {
    const turned = { ...IDENTITY, snapshots: [...IDENTITY.snapshots].reverse() };
    expect(toRunKey(turned)).toBe(toRunKey(IDENTITY));
  });

  it('changes with each thing that a run is a function of, and with nothing else', () => {
    const text = fc.constantFrom('one', 'two', 'three').map(digestText);
    const identity = fc.record({
      modelDigest: text,
      contractDigest: text,
      snapshots: fc.tuple(
        fc.record({ source: fc.constant('payments/a'), digest: text, sourceDigest: text }),
      ),
      trainerDigest: text,
      seed: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(identity, identity, (left, right) => {
        const isSame = JSON.stringify(left) === JSON.stringify(right);
        expect(toRunKey(left) === toRunKey(right)).toBe(isSame);
      }),
    );
  });
});
