import type { DataSourceSpec } from '../generated/data-source.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt, refusedAt } from './field-check.ts';
import { checkLongest, LONGEST } from './longest.ts';

type Column = DataSourceSpec['columns'][number];

export const checkDataSource: FieldCheck<DataSourceSpec> = (spec) => [
  ...spec.columns.flatMap((column, index) => checkColumn(column, `/spec/columns/${index}`)),
  ...checkTimeColumn(spec, '/spec/eventTime', spec.eventTime),
  ...checkAvailability(spec),
  ...checkClassification(spec),
];

function checkColumn(column: Column, pointer: string): readonly FieldProblem[] {
  const { name, type, minimum, maximum, values } = column;
  const isNumber = type === 'int64' || type === 'float64';
  const problems: FieldProblem[] = [];
  for (const bound of ['minimum', 'maximum'] as const) {
    if (isNumber || column[bound] === undefined) continue;
    const message = `the column "${name}" is a ${type} and has no ${bound}`;
    problems.push(refusedAt(`${pointer}/${bound}`, message, 'only numbers have one'));
  }
  if (values !== undefined && type !== 'string') {
    const message = `the column "${name}" is a ${type} and has no list of values`;
    problems.push(refusedAt(`${pointer}/values`, message, 'only a string has one'));
  }
  if (isNumber && minimum !== undefined && maximum !== undefined && minimum > maximum) {
    const message = `the minimum of the column "${name}" is ${minimum}, above its maximum of ${maximum}`;
    problems.push(problemAt('P207', `${pointer}/minimum`, message, 'no value could be both'));
  }
  return problems;
}

function checkTimeColumn(
  { columns }: DataSourceSpec,
  pointer: string,
  name: string,
): readonly FieldProblem[] {
  const column = columns.find((one) => one.name === name);
  if (column === undefined) {
    const names = columns.filter(({ type }) => type === 'timestamp').map((one) => one.name);
    const hint =
      names.length === 0 ? 'add a column of the type timestamp' : `timestamps: ${names.join(', ')}`;
    return [problemAt('P207', pointer, `the source has no column "${name}"`, hint)];
  }
  if (column.type === 'timestamp' && !column.nullable) return [];
  const what = column.type === 'timestamp' ? 'may be missing' : `is a ${column.type}`;
  const message = `the column "${name}" ${what}, and a row's time must be a timestamp that never is`;
  return [problemAt('P207', pointer, message, 'name another column, or correct that one')];
}

/** A mark on a column is the stronger word of the two. */
function checkClassification({ classification, columns }: DataSourceSpec): readonly FieldProblem[] {
  const marked = columns.find(({ pii }) => pii);
  if (marked === undefined || classification === undefined) return [];
  if (classification === 'personal' || classification === 'special-category') return [];
  const message = `the source is classified as ${classification}, and its column "${marked.name}" says something of a person`;
  const hint = 'classify it as personal, or take the mark "pii" from the column';
  return [problemAt('P207', '/spec/classification', message, hint)];
}

const WAYS = ['column', 'delay', 'eventTime'] as const;

function checkAvailability(spec: DataSourceSpec): readonly FieldProblem[] {
  const pointer = '/spec/availability';
  const [first, ...others] = WAYS.filter((way) => spec.availability[way] !== undefined);
  if (first === undefined) {
    const message = 'missing field "column", "delay" or "eventTime" in "spec.availability"';
    return [problemAt('P112', pointer, message, 'say when a row could first be known')];
  }
  const { column, delay } = spec.availability;
  return [
    ...checkLongest(`${pointer}/delay`, delay, LONGEST.wait),
    ...others.map((way) => {
      const message = `"spec.availability.${way}" means nothing beside "${first}"`;
      return refusedAt(`${pointer}/${way}`, message, 'keep exactly one of them');
    }),
    ...(column === undefined ? [] : checkTimeColumn(spec, `${pointer}/column`, column)),
  ];
}
