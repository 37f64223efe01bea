import { describe, expect, it } from 'vitest';
import {
  digestSources,
  findOrphans,
  toBuildAction,
  toOutputs,
} from '../../../reconciler/cli/bootstrap/build.mjs';

describe('what the build does with a file', () => {
  it.each([
    ['reconciler/main.ts', 'compile'],
    ['reconciler/adapters/store/postgres/0001-journal.sql', 'copy'],
    ['reconciler/core/spec/validators.generated.mjs', 'copy'],
    ['runners/train/lightgbm/train.py', 'copy'],
    ['runners/train/lightgbm/requirements.lock', 'copy'],
    ['runners/train/lightgbm/requirements.in', 'ignore'],
    ['reconciler/cli/bootstrap/build.mjs', 'ignore'],
    ['reconciler/core/tsconfig.json', 'ignore'],
    ['reconciler/core/spec/shapes.d.ts', 'ignore'],
    ['reconciler/decisions/0001-the-house.md', 'ignore'],
  ])('%s: %s', (file, action) => {
    expect(toBuildAction(file)).toBe(action);
  });

  it('knows what a source becomes', () => {
    expect(toOutputs('reconciler/main.ts')).toEqual([
      'reconciler/main.js',
      'reconciler/main.js.map',
    ]);
    expect(toOutputs('reconciler/a.sql')).toEqual(['reconciler/a.sql']);
    expect(toOutputs('reconciler/README.md')).toEqual([]);
  });

  it('finds outputs whose source has gone, and leaves notes alone', () => {
    const outputs = [
      '.built-from',
      'reconciler/main.js',
      'reconciler/main.js.map',
      'runners/old.js',
    ];
    expect(findOrphans(outputs, ['reconciler/main.ts'])).toEqual(['runners/old.js']);
  });
});

describe('the digest of the sources', () => {
  const entry = (file: string, text: string) => ({ file, content: Buffer.from(text) });

  it('changes with a name, a content, and where one ends', () => {
    const digests = [
      [entry('a.ts', 'x')],
      [entry('b.ts', 'x')],
      [entry('a.ts', 'y')],
      [entry('a.ts', 'x'), entry('b.ts', '')],
      [entry('a.ts', 'xb.ts\0')],
    ].map(digestSources);
    expect(new Set(digests).size).toBe(digests.length);
  });

  it('is the same for the same files', () => {
    expect(digestSources([entry('a.ts', 'x')])).toBe(digestSources([entry('a.ts', 'x')]));
  });
});
