import { toDocument } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

function hold(name: string, spec: string, ...places: readonly string[]): CorpusCase {
  const text = toDocument('Hold', 'freeze', `{reason: Closing, owner: team, ${spec}}`);
  return {
    name,
    files: { 'hold.yaml': text },
    places: places.map((place) => `hold.yaml:${place}`),
    ...(places.length === 0 ? {} : { heldBack: ['Hold/freeze'] }),
  };
}

export const HOLD_CASES: readonly CorpusCase[] = [
  hold('a hold', 'until: 2027-01-04T00:00:00Z, resources: [{kind: Target}, {name: payments}]'),
  hold(
    'a hold that ended long ago, which only a plan can know',
    'until: 1999-01-04T00:00:00Z, resources: [{kind: Target}]',
  ),
  hold(
    'a hold that ends before it begins',
    'from: 2027-01-05T00:00:00Z, until: 2027-01-04T00:00:00Z, resources: [{kind: Target}]',
    '5:73 P207',
  ),
  hold(
    'a hold until a day that there is not',
    'until: 2027-02-30T00:00:00Z, resources: [{kind: Target}]',
    '5:45 P113',
  ),
  hold(
    'a hold of what there is not',
    'until: 2027-01-04T00:00:00Z, resources: [{kind: Target, name: labtop}]',
    '5:79 P202',
  ),
  hold('a hold of nothing', 'until: 2027-01-04T00:00:00Z, resources: [{}]', '5:79 P113'),
  hold('a hold of zones', 'until: 2027-01-04T00:00:00Z, resources: [{kind: Zone}]', '5:86 P113'),
];
