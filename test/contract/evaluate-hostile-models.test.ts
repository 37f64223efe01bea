import { execFile } from 'node:child_process';
import { readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createSystemStopwatch } from '../../reconciler/adapters/clock/system/stopwatch.ts';
import { parseAnswerLine } from '../../reconciler/core/contracts/runner-answer.ts';
import { type EvaluateDeps, evaluate } from '../../runners/evaluate/evaluate.ts';
import { parseJob } from '../../runners/evaluate/parse-job.ts';
import {
  BIAS,
  type EvaluateFolder,
  makeEvaluateFolder,
  type SpoiledCase,
  WEIGHTS,
  withModel,
} from '../support/evaluate-runs.ts';
import { makeLoopModel, makeMemoryBomb } from '../support/hostile-models.ts';
import {
  makeNanModel,
  makeScoreModel,
  makeSigmoidModel,
  makeSumModel,
} from '../support/onnx-models.ts';
import type { OnnxNode } from '../support/onnx-writer.ts';

/*
 * What a careless or a malicious trainer may leave and only running it shows: each is refused by
 * its code with a reason, in a real process, and nothing is left that looks like a result.
 */

const COMPILED = fileURLToPath(new URL('../../dist/runners/evaluate/', import.meta.url));
const PROGRAM = join(COMPILED, 'main.js');
const KILL_MS = 55_000;

const made: EvaluateFolder[] = [];

afterAll(() => Promise.all(made.map(({ remove }) => remove())));

const COPY: OnnxNode = { operator: 'Identity', inputs: ['x'], outputs: ['y'] };

const BEHAVIOUR_CASES: readonly SpoiledCase[] = [
  [
    'an operator that does not exist',
    withModel(makeScoreModel({ features: 2, nodes: [{ ...COPY, operator: 'Nonsense' }] })),
    'cannot be run',
  ],
  [
    'an output of another shape than it says',
    withModel(makeScoreModel({ features: 2, nodes: [COPY] })),
    /cannot be run/,
  ],
  ['no number for some rows', withModel(makeNanModel({ features: 2 })), 'no finite number'],
  [
    'numbers outside 0 to 1',
    withModel(makeSumModel({ features: 2, add: 3 })),
    /outside 0 to 1|no finite/,
  ],
  [
    'scores that depend on the company of a row',
    withModel(
      makeScoreModel({
        features: 2,
        nodes: [
          { operator: 'IsNaN', inputs: ['x'], outputs: ['missing'] },
          { operator: 'Where', inputs: ['missing', 'zero', 'x'], outputs: ['filled'] },
          {
            operator: 'ReduceMean',
            inputs: ['filled'],
            outputs: ['row'],
            attributes: [{ name: 'axes', ints: [1] }],
          },
          {
            operator: 'ReduceMax',
            inputs: ['filled'],
            outputs: ['all'],
            attributes: [{ name: 'keepdims', int: 0 }],
          },
          { operator: 'Sub', inputs: ['row', 'all'], outputs: ['logit'] },
          { operator: 'Sigmoid', inputs: ['logit'], outputs: ['y'] },
        ],
        initializers: [{ name: 'zero', shape: [], values: [0] }],
      }),
    ),
    'by itself differently',
  ],
  [
    'more memory than any model needs',
    withModel(makeMemoryBomb()),
    /MB of memory|crashed|cannot be run/,
  ],
];

const toScores = (scores: readonly unknown[]) => JSON.stringify({ v: 1, scores });
const SCORE_CASES: readonly SpoiledCase[] = [
  [
    'a figure that its scores do not bear out',
    withModel(makeSigmoidModel({ weights: WEIGHTS, bias: BIAS }), {
      metrics: [{ name: 'auc', value: 0.99, split: 'validation' }],
    }),
    'says that auc is 0.9900 on validation',
  ],
  ['no scores', ({ base }) => rm(join(base, 'output/data/scores.json')), 'left no scores.json'],
  [
    'scores of garbage',
    ({ write }) => write('output/data/scores.json', 'x'),
    "not the trainer's scores",
  ],
  [
    'too few scores',
    ({ write }) => write('output/data/scores.json', toScores([0.5])),
    '1 scores for 120',
  ],
  [
    'scores that are no probabilities',
    ({ write }) => write('output/data/scores.json', toScores(new Array(120).fill(2))),
    'no number from 0 to 1',
  ],
  [
    'scores that are words',
    ({ write }) => write('output/data/scores.json', toScores(new Array(120).fill('x'))),
    'no number from 0 to 1',
  ],
  [
    'scores of another model',
    ({ write }) => write('output/data/scores.json', toScores(new Array(120).fill(0.5))),
    'not the model that was trained',
  ],
  [
    'scores without end',
    ({ write }) => write('output/data/scores.json', ' '.repeat(1024 * 1024)),
    'no plain file of at most',
  ],
  [
    'scores behind a link',
    async ({ base }) => {
      await rename(join(base, 'output/data/scores.json'), join(base, 'output/data/real.json'));
      await symlink('real.json', join(base, 'output/data/scores.json'));
    },
    'left no scores.json',
  ],
];

describe.each([
  ['behaviour', BEHAVIOUR_CASES],
  ['scores', SCORE_CASES],
] as const)('evaluate refuses by the %s', (_, cases) => {
  it.concurrent.each(cases)('%s', async (_what, spoil, reason) => {
    const folder = await makeEvaluateFolder();
    made.push(folder);
    // As if an earlier attempt had come further.
    await folder.write('result/manifest.json', '{}');
    await spoil(folder);
    const { code, stdout } = await run(folder);
    const answer = parseAnswerLine(stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(answer).toMatchObject({ state: 'failed', code: 'P804' });
    const message = answer?.state === 'failed' ? answer.message : '';
    expect(message).toMatch(reason);
    expect(code).toBe(10);
    expect(await readdir(join(folder.base, 'result'))).toEqual([]);
    const failure = await readFile(join(folder.base, 'output/failure'), 'utf8');
    expect(message.startsWith(failure)).toBe(true);
    // Nothing that was needed on the way stays either.
    expect((await readdir(join(folder.base, 'output'))).sort()).toEqual(['data', 'failure']);
  });
});

describe('evaluate outlives its model', () => {
  const run = async (model: Uint8Array | null, deps: Partial<EvaluateDeps>) => {
    const folder = await makeEvaluateFolder();
    made.push(folder);
    if (model !== null) await folder.writeModel(model);
    const job = parseJob(folder.job, (path) => resolve(folder.base, path));
    return evaluate(job, {
      clock: createSystemClock(),
      stopwatch: createSystemStopwatch(),
      scoreProgram: join(COMPILED, 'score-program.js'),
      scratchFolder: join(folder.base, 'scratch'),
      limits: { callMs: 30_000, memoryMb: 2048 },
      ...deps,
    });
  };

  it('one that runs for ever is ended', async () => {
    const limits = { callMs: 2_000, memoryMb: 2048 };
    const evaluated = run(makeLoopModel(2 ** 60), { limits });
    const message = 'the model was ended: no answer came within 2 seconds';
    await expect(evaluated).rejects.toMatchObject({ code: 'P804', message });
  });

  it('one that loops and comes to an end is judged by its answers', async () => {
    // A missing value stays missing: the loop hands it on.
    const message = expect.stringContaining('no finite number');
    await expect(run(makeLoopModel(3), {})).rejects.toMatchObject({ code: 'P804', message });
  });

  it.each([
    ['by a signal', "process.kill(process.pid, 'SIGSEGV');", '(SIGSEGV)'],
    ['by itself', 'process.exit(3);', '(exit code 3)'],
    [
      'with nonsense',
      "import('node:fs').then((fs) => fs.writeSync(3, 'x'.repeat(99)));",
      'nonsense',
    ],
  ])('one that takes its process down %s', async (_, script, words) => {
    const folder = await makeEvaluateFolder({ train: 1, validation: 1, test: 1 });
    made.push(folder);
    await folder.write('program.mjs', `${script}\nprocess.stdin.resume();\n`);
    const evaluated = run(null, { scoreProgram: join(folder.base, 'program.mjs') });
    const message = expect.stringContaining(words);
    await expect(evaluated).rejects.toMatchObject({ code: 'P804', message });
  });
});

function run({ base }: EvaluateFolder): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, 'evaluate', 'input/config/evaluate.json'],
      { cwd: base, env: { PLUMBLINE_BASE_DIR: base }, timeout: KILL_MS, killSignal: 'SIGKILL' },
      (_, stdout) => resolve({ code: child.exitCode ?? -1, stdout }),
    );
  });
}
