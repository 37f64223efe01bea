import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeEntries } from '../../../reconciler/core/forge/merge-entries.ts';

const toTree = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, oid]) => ({ path, oid }));
const toFiles = (entries: readonly { readonly path: string; readonly oid: string }[]) =>
  Object.fromEntries(entries.map(({ path, oid }) => [path, oid]));

const merge = (
  base: Record<string, string>,
  main: Record<string, string>,
  head: Record<string, string>,
) => toFiles(mergeEntries({ base: toTree(base), main: toTree(main), head: toTree(head) }));

const anyFiles = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3'));

describe('merging trees file by file', () => {
  it('takes over what the head has added, changed and removed', () => {
    const base = { a: '1', b: '1', c: '1' };
    expect(merge(base, base, { a: '1', b: '2', d: '1' })).toEqual({ a: '1', b: '2', d: '1' });
  });

  it('keeps what main has done meanwhile', () => {
    expect(merge({ a: '1', b: '1' }, { b: '1', c: '2' }, { a: '1', b: '3' })).toEqual({
      ...{ b: '3', c: '2' },
    });
  });

  it('gives the head where main did not go on, and main where the head changes nothing', () => {
    fc.assert(
      fc.property(anyFiles, anyFiles, (base, other) => {
        expect(merge(base, base, other)).toEqual({ ...other });
        expect(merge(base, other, base)).toEqual({ ...other });
      }),
    );
  });

  it('is sorted by path', () => {
    const merged = mergeEntries({ base: [], main: toTree({ b: '1' }), head: toTree({ a: '1' }) });
    expect(merged.map(({ path }) => path)).toEqual(['a', 'b']);
  });
});
