import { describe, expect, it } from 'vitest';
import { digestText, toShortDigest } from '../../../reconciler/core/contracts/digest.ts';

describe('a digest in short', () => {
  it('keeps its method and begins the digest, so that the whole one is found by it', () => {
    const digest = digestText('a model');
    const short = toShortDigest(digest);
    expect(short).toMatch(/^sha256:[0-9a-f]{12}$/);
    expect(digest.startsWith(short)).toBe(true);
  });
});
