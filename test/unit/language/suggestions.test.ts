import { describe, expect, it } from 'vitest';
import type { RevisionJudgement } from '../../../reconciler/core/spec/judge-revision.ts';
import { judgeSmallRepo, toDocument } from './small-repo.ts';

/** A mistake in each of 300 files. */
function countSuggestions(toText: (number: number) => string): number {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, number) => [`many/${number}.yaml`, toText(number)]),
  );
  const { diagnostics }: RevisionJudgement = judgeSmallRepo(files);
  const wrong = diagnostics.filter(({ code }) => code === 'P202');
  expect(wrong).toHaveLength(300);
  return wrong.filter(({ hint }) => hint?.startsWith('did you mean')).length;
}

describe('of many wrong names, the first 200 get a suggestion, which costs a comparison with all', () => {
  it('in transfers', () => {
    const transfer = '{to: xe, upTo: public, carries: [rows], legalBasis: a}';
    const toText = (number: number) =>
      toDocument('Zone', `zone-${number}`, `{jurisdiction: AE, transfers: [${transfer}]}`);
    expect(countSuggestions(toText)).toBe(200);
  });

  it('in holds', () => {
    const spec =
      '{reason: a, owner: b, until: 2030-01-01T00:00:00Z, resources: [{kind: Target, name: labtop}]}';
    expect(countSuggestions((number) => toDocument('Hold', `hold-${number}`, spec))).toBe(200);
  });
});
