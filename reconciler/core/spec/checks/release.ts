import { toShortDigest } from '../../contracts/digest.ts';
import { addDecimals } from '../add-decimals.ts';
import type { ReleaseSpec } from '../generated/release.generated.ts';
import { toQuoted } from '../printable.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt } from './field-check.ts';

export const checkRelease: FieldCheck<ReleaseSpec> = (spec, { name }) => {
  const { endpoint, versions } = spec;
  const problems: FieldProblem[] = [];
  if (name !== endpoint) {
    const message = `the release is called ${toQuoted(name)} and its endpoint ${toQuoted(endpoint)}`;
    const hint = 'give the release the name of its endpoint, so that each has one';
    problems.push(problemAt('P207', '/spec/endpoint', message, hint));
  }
  const sum = addDecimals(versions.map(({ percent }) => percent));
  if (sum !== '100') {
    const message = `the shares of the versions sum to ${sum}, not to 100`;
    problems.push(problemAt('P207', '/spec/versions', message, 'change one of the percents'));
  }
  return [...problems, ...checkQuarantine(spec)];
};

function checkQuarantine({ versions, quarantine = [] }: ReleaseSpec): readonly FieldProblem[] {
  const reasons = new Map(quarantine.map(({ version, reason }) => [version, reason]));
  return versions.flatMap(({ version }, at) => {
    if (!reasons.has(version)) return [];
    const why = reasons.get(version);
    const message = `${toShortDigest(version)} is in the quarantine of this release${why === undefined ? '' : `: ${toQuoted(why)}`}`;
    const hint =
      'release another version, or take the entry out of the quarantine by a reviewed change';
    return [problemAt('P207', `/spec/versions/${at}/version`, message, hint)];
  });
}
