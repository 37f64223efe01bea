import type { ModelSpec } from '../../spec/generated/model.generated.ts';
import { toPrintable, toQuoted } from '../../spec/printable.ts';
import {
  type Column,
  checkKeys,
  findColumn,
  findEncodingFault,
  toMissing,
  toMissingColumn,
} from './columns.ts';
import type { Find, FitCheck, Found, Misfit } from './fit-check.ts';

export const checkModelFit: FitCheck<ModelSpec> = (spec, find) => {
  const source = find('DataSource', spec.label.source);
  return [
    ...(source === null ? [] : checkLabelSource(spec, source)),
    ...spec.features.flatMap((group, index) =>
      checkFeatureGroup(group, `/spec/features/${index}`, source, find),
    ),
    ...checkSlices(spec, find),
    ...checkPool(spec.training, find),
  ];
};

/** A group for each key of an entity would be each person by name, in reports and in Git. */
function checkSlices({ features, evaluation: { slices } }: ModelSpec, find: Find) {
  return slices.flatMap((column, index): readonly Misfit[] => {
    for (const { view: viewName } of features) {
      const view = find('FeatureView', viewName);
      const entity = view === null ? null : find('Entity', view.spec.entity);
      if (view === null || entity === null) continue;
      if (!entity.spec.keys.some(({ name }) => name === column)) continue;
      const message = `a slice by "${column}" would measure each ${entity.ref.name} alone: it is a key of Entity "${entity.ref.name}"`;
      const hint = 'slice by a column that groups them, or leave it out';
      const other = { ref: entity.ref, pointer: '/spec/keys' };
      return [
        { pointer: `/spec/evaluation/slices/${index}`, message, hint, other, through: [view.ref] },
      ];
    }
    return [];
  });
}

function checkLabelSource(spec: ModelSpec, source: Found<'DataSource'>): readonly Misfit[] {
  return [
    ...checkLabel(spec, source),
    ...spec.requestFeatures.flatMap((feature, index) =>
      checkRequestFeature(spec, feature, `/spec/requestFeatures/${index}/column`, source),
    ),
    ...spec.evaluation.slices.flatMap((name, index) =>
      findColumn(source, name) === null
        ? [toMissingColumn(source, name, `/spec/evaluation/slices/${index}`)]
        : [],
    ),
    ...spec.gates.flatMap((gate, index) => checkGate(gate, `/spec/gates/${index}`, source)),
  ];
}

/** What can be learnt to be foreseen. */
const LABELS: Readonly<
  Record<ModelSpec['task'], { readonly types: readonly Column['type'][]; readonly hint: string }>
> = {
  'binary-classification': {
    types: ['boolean', 'int64'],
    hint: 'a label is a boolean, or an int64 of 0 and 1',
  },
  regression: { types: ['int64', 'float64'], hint: 'the label of a regression is a number' },
};

function checkLabel({ label, task }: ModelSpec, source: Found<'DataSource'>): readonly Misfit[] {
  const pointer = '/spec/label/column';
  const column = findColumn(source, label.column);
  if (column === null) return [toMissingColumn(source, label.column, pointer)];
  const { types, hint } = LABELS[task];
  if (types.includes(column.type)) return [];
  const message = `the label "${label.column}" is a ${column.type}`;
  return [{ pointer, message, hint, other: toColumns(source) }];
}

function checkRequestFeature(
  { label }: ModelSpec,
  { name, column: columnName, categories }: ModelSpec['requestFeatures'][number],
  pointer: string,
  source: Found<'DataSource'>,
): readonly Misfit[] {
  const column = findColumn(source, columnName);
  if (column === null) return [toMissingColumn(source, columnName, pointer)];
  const fault = findRequestFault(column, label.column, categories);
  if (fault === null) return [];
  const message = `the request feature "${name}" cannot be learnt from: the column "${columnName}" ${fault}`;
  const hint = 'name another column, or correct the feature';
  return [{ pointer, message, hint, other: toColumns(source) }];
}

function findRequestFault(
  column: Column,
  label: string,
  categories: readonly string[] | undefined,
): string | null {
  if (column.name === label) return 'is the label itself';
  return findEncodingFault(column, categories);
}

function checkGate(
  { slice }: ModelSpec['gates'][number],
  pointer: string,
  source: Found<'DataSource'>,
): readonly Misfit[] {
  const values = slice === undefined ? undefined : findColumn(source, slice.column)?.values;
  if (slice === undefined || values === undefined || values.includes(slice.value)) return [];
  const message = `the gate is on rows with ${toQuoted(slice.value)} as ${slice.column}, and there are none`;
  const hint = `values: ${toPrintable(values.slice(0, 20).join(', '))}`;
  return [{ pointer: `${pointer}/slice/value`, message, hint, other: toColumns(source) }];
}

function checkFeatureGroup(
  { view: viewName, names }: ModelSpec['features'][number],
  pointer: string,
  source: Found<'DataSource'> | null,
  find: Find,
): readonly Misfit[] {
  const view = find('FeatureView', viewName);
  if (view === null) return [];
  const known = view.spec.features.map(({ name }) => name);
  const isKnown = new Set(known);
  const owner = { ref: view.ref, pointer: '/spec/features' };
  const entity = find('Entity', view.spec.entity);
  return [
    ...names.flatMap((name, at) =>
      isKnown.has(name)
        ? []
        : [toMissing({ what: 'feature', name, pointer: `${pointer}/names/${at}`, owner, known })],
    ),
    ...(entity === null || source === null
      ? []
      : checkKeys({
          entity,
          source,
          pointer: `${pointer}/view`,
          through: [view.ref, entity.ref],
        })),
  ];
}

/** What each bundled trainer computes on. */
const DEVICES = { lightgbm: 'cpu' } as const;

function checkPool(training: ModelSpec['training'], find: Find): readonly Misfit[] {
  const pointer = '/spec/training/pool';
  const target = find('Target', training.target);
  if (target === null) return [];
  const owner = { ref: target.ref, pointer: '/spec/pools' };
  const pool = target.spec.pools.find(({ name }) => name === training.pool);
  if (pool === undefined) {
    const known = target.spec.pools.map(({ name }) => name);
    return [toMissing({ what: 'pool', name: training.pool, pointer, owner, known })];
  }
  const trainer = find('Trainer', training.trainer);
  const device = trainer === null ? pool.device : DEVICES[trainer.spec.bundled];
  if (pool.device === device) return [];
  const message = `the pool "${training.pool}" has the device ${pool.device}, and Trainer "${training.trainer}" needs ${device}`;
  const through = trainer === null ? [] : [trainer.ref];
  const hint = `name a pool of the device ${device}`;
  return [{ pointer, message, hint, other: owner, through }];
}

function toColumns({ ref }: Found<'DataSource'>): Misfit['other'] {
  return { ref, pointer: '/spec/columns' };
}
