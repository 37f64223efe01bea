import { describe, expect, it } from 'vitest';
import { checkFiles } from './breaches.ts';
import { fileNames } from './rules/file-names.ts';

describe('file names', () => {
  it.each([
    'reconciler/core/plan/effect-id.ts',
    'reconciler/core/spec/validators.generated.ts',
    'example-platform-repo/releases/prod/payments.fraud.yaml',
    'runners/train/boosted_trees.py',
    'README.md',
    '.ci/run',
  ])('accepts %s', (path) => {
    expect(checkFiles(fileNames, { [path]: '' })).toEqual([]);
  });

  it.each([
    ['reconciler/core/effectId.ts', 'kebab-case'],
    ['reconciler/core/Effect.ts', 'kebab-case'],
    ['reconciler/Core/effect.ts', 'kebab-case'],
    ['runners/train/boosted-trees.py', 'snake_case'],
    ['reconciler/core/utils.ts', '"utils" says nothing'],
    ['reconciler/helpers/retry.ts', '"helpers" says nothing'],
    ['test/support/misc.test.ts', '"misc" says nothing'],
    ['reconciler/engine/manager.ts', '"manager" says nothing'],
    ['reconciler/common/text.ts', '"common" says nothing'],
  ])('refuses %s', (path, message) => {
    expect(checkFiles(fileNames, { [path]: '' }).join()).toContain(message);
  });
});
