import { describe, expect, it } from 'vitest';
import { findChangedFiles } from './generated-files.ts';

describe('generated files', () => {
  it('are compared by content: added, changed and removed ones are named', () => {
    const before = new Map([
      ['a.generated.ts', '1'],
      ['b.generated.ts', '1'],
      ['c.generated.ts', '1'],
    ]);
    const after = new Map([
      ['a.generated.ts', '1'],
      ['b.generated.ts', '2'],
      ['d.generated.ts', '1'],
    ]);
    expect(findChangedFiles(before, after)).toEqual([
      'b.generated.ts',
      'c.generated.ts',
      'd.generated.ts',
    ]);
    expect(findChangedFiles(before, before)).toEqual([]);
  });
});
