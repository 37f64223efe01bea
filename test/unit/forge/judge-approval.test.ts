import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ApprovalCandidate,
  judgeApproval,
} from '../../../reconciler/core/forge/judge-approval.ts';
import { HEADS } from './events.ts';

const TREES = ['1', '2'].map((digit) => digit.repeat(40));
const NAMES = ['you@localhost', 'reviewer@localhost', 'third@localhost'];
const [TREE = '', OTHER = ''] = TREES;
const [HEAD = '', NEXT = ''] = HEADS;
const commit = { oid: 'f'.repeat(40), tree: TREE };

const anyCandidate: fc.Arbitrary<ApprovalCandidate> = fc.record({
  number: fc.integer({ min: 1, max: 9 }),
  head: fc.constant(HEAD),
  merged: fc.oneof(
    fc.record({ state: fc.constant('clean' as const), tree: fc.constantFrom(...TREES) }),
    fc.constant({ state: 'conflict' as const, paths: ['a'] }),
  ),
  authors: fc.subarray(NAMES, { minLength: 1 }),
  approvals: fc.array(
    fc.record({
      by: fc.constantFrom(...NAMES),
      head: fc.constantFrom(HEAD, NEXT),
      mayApprove: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
});

/** In plain words: somebody else with the right approved this head, and it gives this tree. */
function isApproved(candidate: ApprovalCandidate, isByAuthor: boolean): boolean {
  const { merged, head, authors, approvals } = candidate;
  if (merged.state !== 'clean' || merged.tree !== commit.tree) return false;
  return approvals.some(
    (one) => one.mayApprove && one.head === head && authors.includes(one.by) === isByAuthor,
  );
}

function toCandidate(change: Partial<ApprovalCandidate> = {}): ApprovalCandidate {
  return {
    number: 7,
    head: HEAD,
    merged: { state: 'clean', tree: TREE },
    authors: ['you@localhost'],
    approvals: [{ by: 'reviewer@localhost', head: HEAD, mayApprove: true }],
    ...change,
  };
}

const judge = (...candidates: readonly ApprovalCandidate[]) =>
  judgeApproval({ commit, candidates });

describe('whether a commit of main is approved', () => {
  it('is what the plain words say, whatever the pull requests are', () => {
    fc.assert(
      fc.property(fc.array(anyCandidate, { maxLength: 4 }), (candidates) => {
        const { state, by } = judge(...candidates);
        const other = candidates.some((candidate) => isApproved(candidate, false));
        const own = candidates.some((candidate) => isApproved(candidate, true));
        expect(state).toBe(other ? 'approved' : own ? 'self' : 'missing');
        expect(by.length > 0).toBe(state !== 'missing');
      }),
      { numRuns: 500 },
    );
  });

  it('names who approved which pull request', () => {
    expect(judge(toCandidate())).toEqual({
      state: 'approved',
      by: ['reviewer@localhost'],
      pull: 7,
      why: 'approved by reviewer@localhost',
    });
  });

  it('knows an author however the address is spelled', () => {
    const authors = [' Reviewer@LOCALHOST '];
    expect(judge(toCandidate({ authors }))).toMatchObject({ state: 'self' });
  });

  it.each([
    ['nobody looked at it', [], /no pull request leads to it/],
    [
      'the tree is another one',
      [toCandidate({ merged: { state: 'clean', tree: OTHER } })],
      /not what merging 7 would give/,
    ],
    [
      'it cannot be merged there',
      [toCandidate({ merged: { state: 'conflict', paths: ['a'] } })],
      /not what merging 7 would give/,
    ],
    ['nobody approved it', [toCandidate({ approvals: [] })], /nobody approved it/],
    [
      'the head moved',
      [toCandidate({ approvals: [{ by: 'r', head: NEXT, mayApprove: true }] })],
      /the head moved since r approved/,
    ],
    [
      'there was no right to',
      [toCandidate({ approvals: [{ by: 'r', head: HEAD, mayApprove: false }] })],
      /r may not approve/,
    ],
  ])('says why not: %s', (_, candidates, why) => {
    expect(judge(...candidates)).toMatchObject({
      state: 'missing',
      by: [],
      why: expect.stringMatching(why),
    });
  });
});
