import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createMemoryLog } from '../../reconciler/adapters/log/memory/log.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { Tensor } from '../../reconciler/core/serving/tensor.ts';
import type { ModelFile } from '../../runners/serve/models/model-messages.ts';
import { type ModelProcess, startModelProcess } from '../../runners/serve/models/model-process.ts';
import { openModel } from '../../runners/serve/models/open-model.ts';
import { createProcessPool } from '../../runners/serve/models/process-pool.ts';
import {
  makeContract,
  makeCustomDomainModel,
  makeManifest,
  makeSigmoidModel,
  makeSumModel,
} from '../support/onnx-models.ts';
import { makeSlowModel } from '../support/serve-models.ts';
import {
  ask,
  createTestModels,
  MODEL,
  MODEL_PROCESS,
  makeRoute,
  makeTable,
  startTestNode,
  toInfer,
} from '../support/serve-node.ts';

const clock = createSystemClock();
const FORMS = {
  inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 2] }],
  outputs: [{ name: 'score', datatype: 'FP32', shape: [-1, 1] }],
} as const;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-models-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function write(model: Uint8Array): Promise<ModelFile> {
  const hex = createHash('sha256').update(model).digest('hex');
  const path = join(folder, `${hex}.onnx`);
  await writeFile(path, model);
  return { path, sha256: `sha256:${hex}`, forms: FORMS, maxRows: 64 };
}

const toRows = (...rows: readonly number[]): readonly Tensor[] => [
  {
    name: 'features',
    datatype: 'FP32',
    shape: [rows.length / 2, 2],
    data: Float32Array.from(rows),
  },
];

const open = (file: ModelFile) =>
  openModel(
    {
      process: MODEL_PROCESS,
      poolSize: 2,
      inlineBelow: { loadMs: 1_000, singleRowMs: 5, fullBatchMs: 20 },
      clock,
      log: createMemoryLog({ clock }),
    },
    file,
  );

describe('where a model runs', () => {
  it('is the node for a short one, and processes of its own for a long one', async () => {
    const short = await open(await write(makeSigmoidModel({ weights: [1, 1], bias: 0 })));
    expect(short.placement).toBe('inline');
    const long = await open(await write(makeSlowModel(2, 512)));
    expect([long.placement, long.concurrency]).toEqual(['pool', 2]);
    const expected = [
      { name: 'score', datatype: 'FP32', shape: [2, 1], data: Float32Array.of(0.5, 0.5) },
    ];
    for (const model of [short, long]) {
      expect(await model.run(toRows(0, 0, 0, 0))).toEqual(expected);
      await model.close();
    }
  });

  it.each([
    [
      'another digest',
      async () => ({
        ...(await write(makeSumModel({ features: 2, add: 0 }))),
        sha256: `sha256:${'0'.repeat(64)}`,
      }),
      'another digest',
    ],
    [
      'another input',
      async () => ({ ...(await write(makeSumModel({ features: 2, add: 0, inputName: 'x' }))) }),
      'inputs are not those',
    ],
    [
      'another output',
      async () => ({ ...(await write(makeSumModel({ features: 2, add: 0, outputName: 'y' }))) }),
      'outputs are not those',
    ],
    [
      'an unknown operator',
      () => write(makeCustomDomainModel({ features: 2, domain: 'evil' })),
      'cannot load',
    ],
    ['bytes that are no model', () => write(Uint8Array.from([1, 2, 3])), 'cannot load'],
    [
      'no file',
      async () => ({ path: join(folder, 'none'), sha256: 'sha256:', forms: FORMS, maxRows: 64 }),
      'cannot be read',
    ],
  ] as const)('is nowhere for one with %s', async (_, make, why) => {
    const failure = await open(await make()).catch((error: unknown) => error);
    expect(isCodedError(failure, 'P804')).toBe(true);
    expect(String(failure)).toContain(why);
  });

  it('is nowhere for one that does not load in time', async () => {
    const file = await write(makeSlowModel(2, 512));
    const limits = { loadMs: 0, runMs: 0 };
    const starting = startModelProcess({ ...MODEL_PROCESS, clock, limits }, file);
    await expect(starting).rejects.toThrow('died or hung while loading');
  });
});

describe('a pool of processes', () => {
  it('loses one batch with the process that dies, and goes on with another', async () => {
    const file = await write(makeSlowModel(2, 512));
    const started: ModelProcess[] = [];
    const start = async () => {
      const process = await startModelProcess({ ...MODEL_PROCESS, clock }, file);
      started.push(process);
      return process;
    };
    const log = createMemoryLog({ clock });
    const pool = await createProcessPool({ start, first: await start(), size: 2, clock, log });
    expect(started).toHaveLength(2);
    const runs = [pool.run(toRows(0, 0)), pool.run(toRows(0, 0))].map((run) =>
      run.then(
        () => 'answered',
        (error: unknown) => (isCodedError(error, 'P825') ? error.remedy : 'other'),
      ),
    );
    await started[1]?.close();
    expect((await Promise.all(runs)).sort()).toEqual(['answered', 'retry']);
    const after = await Promise.all([1, 2, 3].map(() => pool.run(toRows(0, 0))));
    expect(after.map(([score]) => score?.data)).toEqual(Array(3).fill(Float32Array.of(0.5)));
    while (started.length < 3) await clock.sleep(10);
    await pool.close();
    await Promise.all(started.map(({ ended }) => ended));
    expect(log.lines().filter((line) => line.includes('model-process-ended'))).toHaveLength(1);
  });

  it('ends a process that takes too long, and says so to whoever waits', async () => {
    const file = await write(makeSlowModel(2, 512));
    const start = () =>
      startModelProcess({ ...MODEL_PROCESS, clock, limits: { loadMs: 60_000, runMs: 1 } }, file);
    const log = createMemoryLog({ clock });
    const pool = await createProcessPool({ start, first: await start(), size: 1, clock, log });
    const failure = await pool.run(toRows(0, 0)).catch((error: unknown) => error);
    expect(isCodedError(failure, 'P825')).toBe(true);
    await pool.close();
  });

  it('fails those who wait when no process starts again', async () => {
    const file = await write(makeSumModel({ features: 2, add: 0 }));
    const first = await startModelProcess({ ...MODEL_PROCESS, clock }, file);
    const start = () => Promise.reject(new Error('no more processes'));
    const log = createMemoryLog({ clock });
    const pool = await createProcessPool({ start, first, size: 1, clock, log });
    await first.close();
    await expect(pool.run(toRows(0, 0))).rejects.toThrow('does not start again');
    await pool.close();
  });
});

describe('a node whose model is slow', () => {
  it('is alive all the while, and refuses what cannot wait', async () => {
    const models = await createTestModels();
    const model = makeSlowModel(2, 1024);
    const contract = makeContract(['a', 'b']);
    const version = await models.publish(model, makeManifest({ model, contract }));
    const { node, port, end } = await startTestNode({
      artifacts: models.artifacts,
      models: {
        process: MODEL_PROCESS,
        poolSize: 2,
        inlineBelow: { loadMs: 100, singleRowMs: 1, fullBatchMs: 10 },
      },
    });
    const batching = { maxBatchSize: 1, maxDelayMicroseconds: 0, maxQueueRows: 2 };
    await node.apply(
      makeTable(1, [makeRoute({ batching, versions: [{ version, percent: 100 }] })]),
    );
    const path = `/v2/models/${MODEL}/infer`;
    const isDone: boolean[] = [];
    const asked = Array.from({ length: 8 }, async () => {
      const reply = await ask(port, path, toInfer([[0, 0]]));
      isDone.push(true);
      return reply;
    });
    let livesMeanwhile = 0;
    while (isDone.length < 8) {
      expect((await ask(port, '/v2/health/live')).status).toBe(200);
      livesMeanwhile += 1;
    }
    // Two batches of a fifth of a second one after the other, and a look takes a millisecond or so.
    expect(livesMeanwhile).toBeGreaterThan(5);
    const replies = await Promise.all(asked);
    const full = replies.filter(({ status }) => status === 503);
    expect(replies.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    expect(full.length).toBeGreaterThanOrEqual(1);
    expect(full.length + replies.filter(({ status }) => status === 200).length).toBe(8);
    for (const { headers, body } of full) {
      expect(headers['retry-after']).toBe('1');
      expect(body['error']).toContain('P824');
    }
    await end();
    await models.remove();
  });
});
