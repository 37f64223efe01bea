import type { BatchPredictionSpec } from '../../spec/generated/batch-prediction.generated.ts';
import { checkKeys, findColumn, toMissingColumn } from './columns.ts';
import type { FitCheck } from './fit-check.ts';

/** The rows have what the model has to be told: keys to look features up by, and request features. */
export const checkBatchPredictionFit: FitCheck<BatchPredictionSpec> = (spec, find) => {
  const source = find('DataSource', spec.input.source);
  const model = find('Model', spec.model);
  if (source === null || model === null) return [];
  const pointer = '/spec/input/source';
  const keys = model.spec.features.flatMap(({ view: name }) => {
    const view = find('FeatureView', name);
    const entity = view === null ? null : find('Entity', view.spec.entity);
    if (view === null || entity === null) return [];
    return checkKeys({ entity, source, pointer, through: [model.ref, view.ref, entity.ref] });
  });
  const columns = model.spec.requestFeatures.flatMap(({ column }) =>
    column === undefined || findColumn(source, column) !== null
      ? []
      : [{ ...toMissingColumn(source, column, pointer), through: [model.ref] }],
  );
  return [...keys, ...columns];
};
