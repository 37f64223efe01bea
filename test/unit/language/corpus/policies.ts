import { SMALL_REPO_TITLES, toDocument } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

const EVERYTHING = [...SMALL_REPO_TITLES, 'Policy/rule'].sort();

function policy(name: string, spec: string, ...places: readonly string[]): CorpusCase {
  const text = toDocument('Policy', 'rule', `{match: {kinds: [Target]}, actions: [deny], ${spec}}`);
  return {
    name,
    files: { 'policy.yaml': text },
    places: places.map((place) => `policy.yaml:${place}`),
    ...(places.length === 0 ? {} : { heldBack: EVERYTHING, frozen: true }),
  };
}

export const POLICY_CASES: readonly CorpusCase[] = [
  policy('a policy', 'validations: [{expression: "object.spec.a > 1", message: no}]'),
  policy(
    'a policy whose expression is no CEL',
    'validations: [{expression: "object.spec. > 1", message: no}]',
    '5:78 P113',
  ),
  policy(
    'a policy that refuses without a word',
    'validations: [{expression: "true"}]',
    '5:65 P112',
  ),
  policy(
    'a policy with two variables of one name',
    'variables: [{name: a, expression: "1"}, {name: a, expression: "2"}], validations: [{expression: "true", message: no}]',
    '5:98 P113',
  ),
];
