import type { SchemaObject } from 'ajv';
import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Json } from '../../reconciler/core/contracts/json.ts';
import type { TrainingSetJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import {
  MICROS_PER_SECOND,
  type Micros,
  parseMicros,
} from '../../reconciler/core/features/micros.ts';
import { parseJob, toMalformed } from './parse-job.ts';
import { NAME_SCHEMA, PATH_SCHEMA, toObjectSchema } from './schema-parts.ts';
import { checkSourceDefinition, SOURCE_DEFINITION_SCHEMA } from './source-definition.ts';
import {
  FEATURE_CONTRACT_SCHEMA,
  SECONDS_SCHEMA,
  VIEW_DEFINITION_SCHEMA,
} from './view-definition.ts';

const SECONDS_OR_NONE = { ...SECONDS_SCHEMA, minimum: 0 };
/** A column of the label source: any name, for only its owner has to live with it. */
const COLUMN_MAP = { type: 'object', maxProperties: 1_024, additionalProperties: NAME_SCHEMA };

const SCHEMA: SchemaObject = toObjectSchema(
  {
    v: { const: 1 },
    label: toObjectSchema({
      source: SOURCE_DEFINITION_SCHEMA,
      rowsFile: PATH_SCHEMA,
      column: NAME_SCHEMA,
      maturitySeconds: SECONDS_OR_NONE,
    }),
    window: toObjectSchema({
      asOf: { type: 'string', maxLength: 64 },
      lengthSeconds: SECONDS_SCHEMA,
    }),
    split: toObjectSchema({ validationSeconds: SECONDS_SCHEMA, testSeconds: SECONDS_SCHEMA }),
    views: {
      type: 'array',
      maxItems: 64,
      items: toObjectSchema({ definition: VIEW_DEFINITION_SCHEMA, rowsFile: PATH_SCHEMA }),
    },
    contract: FEATURE_CONTRACT_SCHEMA,
    slices: { type: 'array', maxItems: 64, uniqueItems: true, items: NAME_SCHEMA },
    outputFolder: PATH_SCHEMA,
  },
  { requestColumns: COLUMN_MAP },
);

export type SplitName = 'train' | 'validation' | 'test';

/** From when to when a split's events are: both ends belong to it. */
export type SplitRange = {
  readonly name: SplitName;
  readonly fromMicros: Micros;
  readonly toMicros: Micros;
};

export type TrainingPlan = {
  readonly job: TrainingSetJob;
  readonly asOfMicros: Micros;
  /** Oldest first, without a gap. */
  readonly splits: readonly [SplitRange, SplitRange, SplitRange];
};

/** Throws P808 for what is malformed, and P801 for a window that its own split does not fit in. */
export function parseTrainingJob(value: Json): TrainingPlan {
  const job = parseJob<TrainingSetJob>(value, SCHEMA);
  checkSourceDefinition(job.label.source);
  checkContract(job);
  const asOfMicros = parseMicros(job.window.asOf);
  if (asOfMicros === null) throw toMalformed('/window/asOf', 'is no RFC 3339 time in UTC');
  return { job, asOfMicros, splits: toSplits(job, asOfMicros) };
}

/**
 * Only events old enough to have their label count; the test is on the newest of them, for that is
 * what a model meets when it is put to use.
 */
function toSplits(job: TrainingSetJob, asOfMicros: Micros): TrainingPlan['splits'] {
  const { lengthSeconds } = job.window;
  const { maturitySeconds } = job.label;
  const { validationSeconds, testSeconds } = job.split;
  const first = asOfMicros - lengthSeconds * MICROS_PER_SECOND;
  const last = asOfMicros - maturitySeconds * MICROS_PER_SECOND;
  const testFrom = last - testSeconds * MICROS_PER_SECOND;
  const validationFrom = testFrom - validationSeconds * MICROS_PER_SECOND;
  if (validationFrom <= first) {
    throw new CodedError(
      'P801',
      `the window of ${lengthSeconds} s leaves no time to train on: the label's maturity takes ${maturitySeconds} s of it, validation ${validationSeconds} s and test ${testSeconds} s; lengthen the window or shorten the split`,
    );
  }
  return [
    { name: 'train', fromMicros: first, toMicros: validationFrom - 1 },
    { name: 'validation', fromMicros: validationFrom, toMicros: testFrom - 1 },
    { name: 'test', fromMicros: testFrom, toMicros: last },
  ];
}

/** The contract must be of the very views that are handed in, and each output column unique. */
function checkContract({ contract, views, slices }: TrainingSetJob): void {
  const names = new Set<string>(['label']);
  const outputs = [
    ...contract.features.map(({ name }, index) => [name, `/contract/features/${index}`] as const),
    ...slices.map((column, index) => [toSliceColumn(column), `/slices/${index}`] as const),
  ];
  for (const [name, where] of outputs) {
    // DuckDB does not tell names apart by case.
    const folded = name.toLowerCase();
    if (names.has(folded)) throw toMalformed(where, 'has the name of an earlier column');
    names.add(folded);
  }
  const definitions = new Map(views.map(({ definition }) => [definition.view, definition]));
  contract.views.forEach(({ view, definitionDigest }, index) => {
    const definition = definitions.get(view);
    if (definition === undefined || toDefinitionDigest(definition) !== definitionDigest) {
      throw toMalformed(`/contract/views/${index}`, 'names no definition among the views');
    }
  });
  contract.features.forEach(({ name, view }, index) => {
    if (view === null) return;
    const features = definitions.get(view)?.features ?? [];
    if (!features.some((feature) => feature.name === name)) {
      throw toMalformed(`/contract/features/${index}`, 'names no feature of its view');
    }
  });
}

export function toSliceColumn(column: string): string {
  return `slice_${column}`;
}
