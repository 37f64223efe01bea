import { parseDurationSeconds } from '../duration.ts';
import type { ModelSpec } from '../generated/model.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt } from './field-check.ts';
import { checkInstant } from './instant.ts';
import { checkLongest, LONGEST } from './longest.ts';

export const checkModel: FieldCheck<ModelSpec> = (spec) => [
  ...checkInstant('/spec/training/window/asOf', spec.training.window.asOf),
  ...checkFeatureNames(spec),
  ...checkSplit(spec),
  ...checkSpans(spec),
  ...checkGates(spec),
  ...checkMetrics(spec),
];

/** The model's input has one feature of each name, wherever it comes from. */
function checkFeatureNames({ features, requestFeatures }: ModelSpec): readonly FieldProblem[] {
  const named = [
    ...features.flatMap(({ names }, view) =>
      names.map((name, at) => ({ name, pointer: `/spec/features/${view}/names/${at}` })),
    ),
    ...requestFeatures.map(({ name }, at) => ({
      name,
      pointer: `/spec/requestFeatures/${at}/name`,
    })),
  ];
  const seen = new Set<string>();
  return named.flatMap(({ name, pointer }) => {
    const isRepeated = seen.has(name);
    seen.add(name);
    if (!isRepeated) return [];
    const message = `the model has another feature called "${name}"`;
    const hint = 'give one of them another name: all features of a model are told apart by it';
    return [problemAt('P207', pointer, message, hint)];
  });
}

function checkSplit({ label, training: { window, split } }: ModelSpec): readonly FieldProblem[] {
  const parts = [split.validation, split.test, label.maturity];
  const used = parts.reduce((sum, text) => sum + (parseDurationSeconds(text) ?? 0), 0);
  if (used < (parseDurationSeconds(window.length) ?? 0)) return [];
  const message = `validation (${split.validation}), test (${split.test}) and the label's maturity (${label.maturity}) leave nothing of the window of ${window.length} for training`;
  return [problemAt('P207', '/spec/training/split', message, 'lengthen the window')];
}

function checkSpans({ label, training }: ModelSpec): readonly FieldProblem[] {
  const { window, split, maxRuntime } = training;
  return [
    ...checkLongest('/spec/label/maturity', label.maturity, LONGEST.wait),
    ...checkLongest('/spec/training/window/length', window.length, LONGEST.past),
    ...checkLongest('/spec/training/split/validation', split.validation, LONGEST.past),
    ...checkLongest('/spec/training/split/test', split.test, LONGEST.past),
    ...checkLongest('/spec/training/maxRuntime', maxRuntime, LONGEST.run),
  ];
}

type Metric = ModelSpec['gates'][number]['metric'];

/** What can be measured of the answers to each task. */
const METRICS: Readonly<Record<ModelSpec['task'], readonly Metric[]>> = {
  'binary-classification': ['auc', 'average-precision', 'recall', 'precision', 'accuracy'],
  regression: ['r2'],
};

function checkMetrics({ task, gates }: ModelSpec): readonly FieldProblem[] {
  const known = METRICS[task];
  return gates.flatMap(({ metric }, index) => {
    if (known.includes(metric)) return [];
    const message = `the gate is on ${metric}, which a ${task} does not have`;
    const hint = `metrics of this task: ${known.join(', ')}`;
    return [problemAt('P207', `/spec/gates/${index}/metric`, message, hint)];
  });
}

function checkGates({ gates, evaluation: { slices } }: ModelSpec): readonly FieldProblem[] {
  return gates.flatMap(({ slice }, index) => {
    if (slice === undefined || slices.includes(slice.column)) return [];
    const message = `the gate is on a slice of "${slice.column}", which is not measured`;
    const hint = `add it to evaluation.slices: [${[...slices, slice.column].join(', ')}]`;
    return [problemAt('P207', `/spec/gates/${index}/slice/column`, message, hint)];
  });
}
