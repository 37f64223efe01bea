import { describe, expect, it } from 'vitest';
import { createMemoryGit } from '../../../reconciler/adapters/git/memory/git.ts';
import { createMemoryParsedFiles } from '../../../reconciler/adapters/parsed-files/memory/parsed-files.ts';
import { MAIN_BRANCH } from '../../../reconciler/core/contracts/git.ts';
import { parseFile } from '../../../reconciler/core/spec/parse-file.ts';
import { createRevisionReader } from '../../../reconciler/engine/revision-reader.ts';
import { SMALL_REPO, toTarget } from './zone-harness.ts';

function countingReader(kept: Parameters<typeof createMemoryParsedFiles>[0]) {
  let parsed = 0;
  const parse = (bytes: Uint8Array) => {
    parsed += 1;
    return parseFile(bytes);
  };
  const reader = createRevisionReader({ parse, parsedFiles: createMemoryParsedFiles(kept) });
  return { read: reader.read, count: () => parsed };
}

describe('a reader of revisions', () => {
  it('parses a blob once, also over a restart, and judges the same', async () => {
    const git = createMemoryGit();
    const push = (files: Readonly<Record<string, string>>) =>
      git.push({
        branch: MAIN_BRANCH,
        files: Object.entries(files).map(([path, content]) => ({ path, content })),
        message: 'change',
      });
    const kept = new Map();
    const first = await push(SMALL_REPO);
    const before = countingReader(kept);
    const judgement = await before.read(git, first);
    expect(before.count()).toBe(3);
    const after = countingReader(kept);
    expect(await after.read(git, first)).toEqual(judgement);
    expect(after.count()).toBe(0);
    const second = await push({ 'targets/desk.yaml': toTarget('desk', 1) });
    expect((await after.read(git, second)).valid).toHaveLength(judgement.valid.length + 1);
    expect(after.count()).toBe(1);
  });
});
