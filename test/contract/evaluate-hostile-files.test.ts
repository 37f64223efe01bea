import { mkdir, readdir, rename, rm, symlink, truncate } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemStopwatch } from '../../reconciler/adapters/clock/system/stopwatch.ts';
import { evaluate } from '../../runners/evaluate/evaluate.ts';
import { parseJob } from '../../runners/evaluate/parse-job.ts';
import {
  BIAS,
  type EvaluateFolder,
  makeEvaluateFolder,
  type SpoiledCase,
  WEIGHTS,
  withModel,
} from '../support/evaluate-runs.ts';
import { makeNestedModel } from '../support/hostile-models.ts';
import {
  makeCustomDomainModel,
  makeExternalDataModel,
  makeRandomModel,
  makeScoreModel,
  makeSigmoidModel,
} from '../support/onnx-models.ts';
import {
  bytes,
  join as concatenate,
  integer,
  type OnnxNode,
  text,
  writeOnnx,
} from '../support/onnx-writer.ts';

/*
 * What is refused by reading alone: none of these models ever reaches a process that runs it, so
 * there is none that could be started here.
 */

const GOOD = makeSigmoidModel({ weights: WEIGHTS, bias: BIAS });

const made: EvaluateFolder[] = [];

afterAll(() => Promise.all(made.map(({ remove }) => remove())));

const FOLDER_CASES: readonly SpoiledCase[] = [
  [
    'no model folder',
    ({ base }) => rm(join(base, 'model'), { recursive: true }),
    'no model folder',
  ],
  ['no manifest', ({ base }) => rm(join(base, 'model/manifest.json')), 'no manifest.json'],
  ['no model', ({ base }) => rm(join(base, 'model/model.onnx')), 'no model.onnx'],
  ['an empty model', withModel(new Uint8Array()), 'model.onnx is empty'],
  [
    'a model larger than allowed',
    // A sparse file: its size is what it says, and none of it was written.
    ({ base }) => truncate(join(base, 'model/model.onnx'), 1024 ** 4),
    'at most 1048576 are allowed',
  ],
  [
    'a third file',
    ({ write }) => write('model/notes.txt', 'x'),
    'the model folder holds "notes.txt"',
  ],
  [
    'a model that is a link',
    async ({ base, write }) => {
      await write('elsewhere.onnx', GOOD);
      await rm(join(base, 'model/model.onnx'));
      await symlink('../elsewhere.onnx', join(base, 'model/model.onnx'));
    },
    'model.onnx is no plain file',
  ],
  [
    'a model that is a folder',
    async ({ base }) => {
      await rm(join(base, 'model/model.onnx'));
      await mkdir(join(base, 'model/model.onnx'));
    },
    'model.onnx is no plain file',
  ],
];

const MANIFEST_CASES: readonly SpoiledCase[] = [
  ['a manifest of garbage', ({ write }) => write('model/manifest.json', '{'), 'is no JSON'],
  [
    'a manifest that is no text',
    ({ write }) => write('model/manifest.json', Uint8Array.of(0xff, 0xfe)),
    'no UTF-8 text',
  ],
  ['a manifest of another shape', ({ write }) => write('model/manifest.json', '[]'), 'malformed'],
  [
    'a manifest that is too large',
    ({ write }) => write('model/manifest.json', ' '.repeat(300 * 1024)),
    'at most 262144 are allowed',
  ],
  [
    'a wrong digest',
    withModel(GOOD, { sha256: `sha256:${'0'.repeat(64)}` }),
    'speaks of sha256:0000',
  ],
  [
    'inputs of another number of features',
    withModel(GOOD, { inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 3] }] }),
    'must be FP32 [-1, 2]',
  ],
  [
    'a fixed batch',
    withModel(GOOD, { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 2] }] }),
    'must be FP32 [-1, 2]',
  ],
  [
    'an output of doubles',
    withModel(GOOD, { outputs: [{ name: 'score', datatype: 'FP64', shape: [-1, 1] }] }),
    'is not one score a row',
  ],
  [
    'an input of another name',
    withModel(GOOD, { inputs: [{ name: 'other', datatype: 'FP32', shape: [-1, 2] }] }),
    'the input of model.onnx is "features"',
  ],
  [
    'two outputs',
    withModel(GOOD, {
      outputs: ['score', 'other'].map((name) => ({ name, datatype: 'FP32', shape: [-1, 1] })),
    }),
    'several inputs or outputs',
  ],
];

const X = [{ name: 'features', shape: [-1, 2] }] as const;
const COPY: OnnxNode = { operator: 'Identity', inputs: ['x'], outputs: ['y'] };

const FILE_CASES: readonly SpoiledCase[] = [
  [
    'a text in place of a model',
    withModel(new TextEncoder().encode('hello')),
    /no ONNX|cut off|field/,
  ],
  ['a file cut off', withModel(GOOD.slice(0, GOOD.length - 20)), 'cut off or damaged'],
  ['a file cut off early', withModel(GOOD.slice(0, 30)), /cut off|no graph/],
  [
    'a length beyond the file',
    withModel(Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0)),
    'cut off',
  ],
  ['a negative length', withModel(Uint8Array.of(0x3a, ...new Array(9).fill(0xff), 1)), 'cut off'],
  [
    'values in another file',
    withModel(makeExternalDataModel({ features: 2, file: '/etc/passwd' })),
    'another file',
  ],
  [
    'an operator of nobody',
    withModel(makeCustomDomainModel({ features: 2, domain: 'evil.co' })),
    '"evil.co"',
  ],
  [
    'a domain in a node alone',
    withModel(makeScoreModel({ features: 2, nodes: [{ ...COPY, domain: 'com.microsoft' }] })),
    '"com.microsoft"',
  ],
  [
    'functions of its own',
    withModel(makeScoreModel({ features: 2, nodes: [COPY], extra: bytes(25, text(1, 'f')) })),
    'functions or training',
  ],
  ['a second graph', withModel(concatenate([GOOD, bytes(7, new Uint8Array())])), 'several graphs'],
  ['an unknown field', withModel(concatenate([GOOD, integer(99, 1)])), 'unknown field 99'],
  [
    'a tensor that says it is larger than the file',
    withModel(
      makeScoreModel({
        features: 2,
        nodes: [COPY],
        initializers: [{ name: 'w', shape: [2 ** 31, 2 ** 31], values: [1] }],
      }),
    ),
    'larger than the file',
  ],
  ['branches inside branches', withModel(makeNestedModel(6)), 'more than 4 deep'],
  [
    'more nodes than any model',
    withModel(makeScoreModel({ features: 2, nodes: new Array(100_001).fill(COPY) })),
    /more than 100000 nodes|at most 1048576/,
  ],
  ['lots that are drawn', withModel(makeRandomModel({ features: 2 })), 'draws lots'],
  [
    'two inputs',
    withModel(
      writeOnnx({
        nodes: [{ operator: 'Add', inputs: ['features', 'other'], outputs: ['score'] }],
        inputs: [...X, { name: 'other', shape: [-1, 2] }],
        outputs: [{ name: 'score', shape: [-1, 1] }],
      }),
    ),
    '2 inputs instead of one',
  ],
  [
    'two outputs that the manifest does not name',
    withModel(
      writeOnnx({
        nodes: [{ operator: 'Identity', inputs: ['features'], outputs: ['score'] }],
        inputs: [...X],
        outputs: [
          { name: 'score', shape: [-1, 1] },
          { name: 'features', shape: [-1, 2] },
        ],
      }),
    ),
    '2 outputs instead of one',
  ],
  [
    'an input of doubles',
    withModel(makeScoreModel({ features: 2, nodes: [COPY], input: { shape: [-1, 2], type: 11 } })),
    'FP64 [-1, 2]',
  ],
  [
    'a fixed batch in the file',
    withModel(makeScoreModel({ features: 2, nodes: [COPY], input: { shape: [4, 2] } })),
    'FP32 [4, 2]',
  ],
];

const OTHER_ROWS = 'PAR1 rows of its own PAR1';

const ROW_CASES: readonly SpoiledCase[] = [
  ...(['train', 'validation', 'test'] as const).map((split): SpoiledCase => {
    const file = `input/data/${split}/data.parquet`;
    return [
      `${split} rows of its own`,
      ({ write }) => write(file, OTHER_ROWS),
      `the ${split} rows are not those that were prepared: ${file} is sha256:`,
    ];
  }),
  [
    'no test rows',
    ({ base }) => rm(join(base, 'input/data/test'), { recursive: true }),
    'input/data/test/data.parquet is no plain file any more',
  ],
  [
    'the right rows behind a link',
    async ({ base }) => {
      await rename(join(base, 'input/data/test/data.parquet'), join(base, 'rows.parquet'));
      await symlink('../../../rows.parquet', join(base, 'input/data/test/data.parquet'));
    },
    'input/data/test/data.parquet is no plain file any more',
  ],
  [
    'a folder in place of rows',
    async ({ base }) => {
      await rm(join(base, 'input/data/train/data.parquet'));
      await mkdir(join(base, 'input/data/train/data.parquet'));
    },
    'input/data/train/data.parquet is no plain file any more',
  ],
];

describe.each([
  ['folder', FOLDER_CASES],
  ['manifest', MANIFEST_CASES],
  ['file', FILE_CASES],
  ['rows', ROW_CASES],
] as const)('evaluate refuses by the %s', (_, cases) => {
  it.each(cases)('%s', async (_what, spoil, reason) => {
    const folder = await makeEvaluateFolder({ train: 1, validation: 1, test: 1 });
    made.push(folder);
    // As if an earlier attempt had come further.
    await folder.write('result/manifest.json', '{}');
    await spoil(folder);
    const job = parseJob(folder.job, (path) => resolve(folder.base, path));
    const evaluated = evaluate(job, {
      clock: createSystemClock(),
      stopwatch: createSystemStopwatch(),
      scoreProgram: join(folder.base, 'no-program'),
      scratchFolder: join(folder.base, 'scratch'),
      limits: { callMs: 1, memoryMb: 1 },
    });
    const error: unknown = await evaluated.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'P804', remedy: 'stop' });
    expect(error instanceof Error && error.message).toMatch(reason);
    expect(await readdir(join(folder.base, 'result'))).toEqual([]);
  });
});
