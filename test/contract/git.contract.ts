import { afterEach, beforeEach, describe } from 'vitest';
import { describeAppend } from './git/append.contract.ts';
import type { GitHarness, GitSubject } from './git/harness.ts';
import { describeListTree } from './git/list-tree.contract.ts';
import { describeMerge } from './git/merge.contract.ts';
import { describeRead } from './git/read.contract.ts';

/** What every repository promises. */
export function describeGit(subject: GitSubject): void {
  describe(`git: ${subject.name}`, () => {
    let harness: GitHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());

    describe('append', () => describeAppend(() => harness));
    describe('read', () => describeRead(() => harness));
    describe('merge', () => describeMerge(() => harness));
    describe('list a tree', () => describeListTree(() => harness));
  });
}
