import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import type { Resource } from '../spec/resource.ts';
import type { BrokenResource } from './validity.ts';

/** A repo has exactly one Platform, for it holds the rules by which everything else is judged. */
export function checkPlatform(
  resources: readonly Resource[],
  broken: readonly BrokenResource[],
): readonly Diagnostic[] {
  const good = resources.filter(({ ref }) => ref.kind === 'Platform');
  const [first, ...others] = good;
  const differing = others.filter(({ ref }) => ref.name !== first?.ref.name);
  if (first !== undefined)
    return differing.map((other) => toSecond(other.location, first.location));
  if (broken.some(({ kind }) => kind === 'Platform')) return [];
  return [
    {
      code: 'P204',
      severity: 'error',
      message: 'the repo has no Platform, so there are no rules to follow it by',
      location: { path: 'platform.yaml', line: 1, column: 1 },
      hint: 'add a document of the kind Platform to any file',
    },
  ];
}

function toSecond(location: SourceLocation, first: SourceLocation): Diagnostic {
  return {
    code: 'P204',
    severity: 'error',
    message: 'the repo has more than one Platform, so it is unclear whose rules to follow',
    location,
    hint: 'remove one of them',
    related: [{ message: 'another Platform', location: first }],
  };
}
