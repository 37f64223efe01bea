import type { FeatureViewSpec } from '../generated/feature-view.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt, refusedAt } from './field-check.ts';
import { checkLongest, LONGEST } from './longest.ts';

type Feature = FeatureViewSpec['features'][number];

export const checkFeatureView: FieldCheck<FeatureViewSpec> = ({ features, timeToLive }) => [
  ...checkLongest('/spec/timeToLive', timeToLive, LONGEST.past),
  ...features.flatMap((feature, index) => checkFeature(feature, `/spec/features/${index}`)),
];

function checkFeature(feature: Feature, pointer: string): readonly FieldProblem[] {
  return feature.aggregate === undefined
    ? checkLatest(feature, pointer)
    : checkAggregate(feature, feature.aggregate, pointer);
}

function checkLatest({ name, column, window }: Feature, pointer: string): readonly FieldProblem[] {
  const what = `the feature "${name}" is the latest value of a column`;
  const problems: FieldProblem[] = [];
  if (column === undefined) {
    const message = `missing field "column": ${what}`;
    problems.push(problemAt('P112', pointer, message, 'name the column, or an aggregate'));
  }
  if (window !== undefined) {
    const message = `"window" means nothing here: ${what}`;
    problems.push(refusedAt(`${pointer}/window`, message, 'remove it, or name an aggregate'));
  }
  return problems;
}

function checkAggregate(
  { name, column, window, categories }: Feature,
  aggregate: string,
  pointer: string,
): readonly FieldProblem[] {
  const what = `the feature "${name}" is a ${aggregate}`;
  const problems = [...checkLongest(`${pointer}/window`, window, LONGEST.past)];
  if (window === undefined) {
    const message = `missing field "window": ${what}`;
    problems.push(problemAt('P112', pointer, message, 'say how far back it looks: window: 30d'));
  }
  if (column === undefined && aggregate !== 'count') {
    const message = `missing field "column": ${what}`;
    problems.push(problemAt('P112', pointer, message, 'name the column that it is computed from'));
  }
  if (column !== undefined && aggregate === 'count') {
    const message = `"column" means nothing here: ${what} of rows`;
    problems.push(refusedAt(`${pointer}/column`, message, 'remove it'));
  }
  if (categories !== undefined) {
    const message = `"categories" means nothing here: ${what}`;
    problems.push(refusedAt(`${pointer}/categories`, message, 'only the latest text has them'));
  }
  return problems;
}
