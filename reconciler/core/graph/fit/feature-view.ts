import type { FeatureViewSpec } from '../../spec/generated/feature-view.generated.ts';
import { checkKeys, findColumn, findEncodingFault, toMissingColumn } from './columns.ts';
import type { FitCheck, Found, Misfit } from './fit-check.ts';

type Feature = FeatureViewSpec['features'][number];

export const checkFeatureViewFit: FitCheck<FeatureViewSpec> = (spec, find) => {
  const source = find('DataSource', spec.source);
  const entity = find('Entity', spec.entity);
  if (source === null) return [];
  return [
    ...(entity === null
      ? []
      : checkKeys({ entity, source, pointer: '/spec/entity', through: [entity.ref] })),
    ...spec.features.flatMap((feature, index) =>
      checkFeature(feature, source, `/spec/features/${index}`),
    ),
  ];
};

const NUMERIC_AGGREGATES: ReadonlySet<string> = new Set(['sum', 'mean', 'min', 'max']);

function checkFeature(
  { name, aggregate, column: columnName, categories }: Feature,
  source: Found<'DataSource'>,
  pointer: string,
): readonly Misfit[] {
  if (columnName === undefined) return [];
  const column = findColumn(source, columnName);
  if (column === null) return [toMissingColumn(source, columnName, `${pointer}/column`)];
  const isNumber = column.type === 'int64' || column.type === 'float64';
  const fault =
    aggregate === undefined
      ? findEncodingFault(column, categories)
      : NUMERIC_AGGREGATES.has(aggregate) && !isNumber
        ? `is a ${column.type}, and a ${aggregate} needs numbers`
        : null;
  if (fault === null) return [];
  return [
    {
      pointer: `${pointer}/column`,
      message: `the feature "${name}" cannot be computed: the column "${columnName}" ${fault}`,
      hint: 'name another column, or compute another feature',
      other: { ref: source.ref, pointer: '/spec/columns' },
    },
  ];
}
