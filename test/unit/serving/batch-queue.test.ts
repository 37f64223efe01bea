import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { CodedError, isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { BatchingSettings } from '../../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';
import { createBatchQueue } from '../../../runners/serve/models/batch-queue.ts';

const toTensor = (values: readonly number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [values.length, 1],
  data: Float32Array.from(values),
});

type Call = {
  readonly values: readonly number[];
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
};

/** A model that doubles, and whose runs end when the test says so. */
function createFixture(change: Partial<BatchingSettings> = {}, concurrency = 1) {
  const calls: Call[] = [];
  const clock = createSimulatedClock({ startAt: 0 });
  const turns: (() => void)[] = [];
  const queue = createBatchQueue({
    model: {
      placement: 'inline',
      concurrency,
      run: ([input]) =>
        new Promise((resolve, reject) => {
          const values = [...((input as Tensor).data as Float32Array)];
          const doubled = toTensor(values.map((value) => 2 * value));
          calls.push({ values, finish: () => resolve([doubled]), fail: reject });
        }),
      close: async () => {},
    },
    settings: { maxBatchSize: 4, maxDelayMicroseconds: 0, maxQueueRows: 6, ...change },
    turn: () => new Promise((resolve) => turns.push(resolve)),
    clock,
  });
  const ask = (values: readonly number[], isGone = () => false) =>
    queue.run({ rows: values.length, tensors: [toTensor(values)], isGone }).then(
      ([output]) => [...((output as Tensor).data as Float32Array)],
      (error: unknown) => (isCodedError(error) ? error.code : 'other'),
    );
  /** Everything that can happen without time passing. */
  const settle = async () => {
    for (let round = 0; round < 5; round += 1) {
      for (const wake of turns.splice(0)) wake();
      await clock.advance(0);
    }
  };
  return { queue, calls, ask, settle, clock };
}

const FAILED = new CodedError('P825', 'the model failed');
const DIED = new CodedError('P825', 'the process died', { remedy: 'retry' });

describe('a batch queue', () => {
  it('makes a batch of what arrived while the model was busy, and gives each its own rows', async () => {
    const { calls, ask, settle } = createFixture();
    const first = ask([1]);
    await settle();
    const others = [ask([2, 3]), ask([4]), ask([5])];
    await settle();
    expect(calls.map(({ values }) => values)).toEqual([[1]]);
    calls[0]?.finish();
    await settle();
    expect(calls[1]?.values).toEqual([2, 3, 4, 5]);
    calls[1]?.finish();
    expect(await Promise.all([first, ...others])).toEqual([[2], [4, 6], [8], [10]]);
  });

  it('never makes a batch larger than allowed, and keeps the order', async () => {
    const { calls, ask, settle } = createFixture();
    const asked = [ask([1, 2]), ask([3]), ask([4, 5])];
    await settle();
    calls[0]?.finish();
    await settle();
    calls[1]?.finish();
    expect(await Promise.all(asked)).toEqual([[2, 4], [6], [8, 10]]);
    expect(calls.map(({ values }) => values)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('refuses what would make too many rows wait, and takes more when there is room', async () => {
    const { calls, ask, settle } = createFixture();
    const running = ask([1, 2, 3, 4]);
    await settle();
    const waiting = [ask([5, 6, 7]), ask([8, 9])];
    expect(await ask([10, 11])).toBe('P824');
    const last = ask([12]);
    for (const at of [0, 1, 2]) {
      calls[at]?.finish();
      await settle();
    }
    expect(await Promise.all([running, ...waiting, last])).toEqual([
      [2, 4, 6, 8],
      [10, 12, 14],
      [16, 18],
      [24],
    ]);
  });

  it('asks the members of a failed batch again one by one: a poisoned one hurts only itself', async () => {
    const { calls, ask, settle } = createFixture();
    const asked = [ask([1]), ask([2]), ask([3])];
    await settle();
    calls[0]?.fail(FAILED);
    await settle();
    expect(calls[1]?.values).toEqual([1]);
    calls[1]?.finish();
    await settle();
    calls[2]?.fail(FAILED);
    await settle();
    calls[3]?.finish();
    expect(await Promise.all(asked)).toEqual([[2], 'P825', [6]]);
    expect(calls).toHaveLength(4);
  });

  it('does not give again to another process what killed one', async () => {
    const { calls, ask, settle } = createFixture();
    const asked = [ask([1]), ask([2])];
    await settle();
    calls[0]?.fail(DIED);
    expect(await Promise.all(asked)).toEqual(['P825', 'P825']);
    await settle();
    expect(calls).toHaveLength(1);
  });

  it('leaves out requests whose client has gone', async () => {
    const { calls, ask, settle } = createFixture();
    let isGone = false;
    const first = ask([1]);
    await settle();
    const left = ask([2], () => isGone);
    const stayed = ask([3]);
    isGone = true;
    calls[0]?.finish();
    await settle();
    expect(calls[1]?.values).toEqual([3]);
    calls[1]?.finish();
    expect(await Promise.all([first, left, stayed])).toEqual([[2], 'P821', [6]]);
  });

  it('goes on when everybody has gone', async () => {
    const { calls, ask, settle } = createFixture();
    expect(await Promise.all([ask([1], () => true), settle()])).toEqual(['P821', undefined]);
    const next = ask([2]);
    await settle();
    calls[0]?.finish();
    expect(await next).toEqual([4]);
  });

  it('uses as many instances as there are', async () => {
    const { calls, ask, settle } = createFixture({ maxBatchSize: 1 }, 2);
    const asked = [ask([1]), ask([2]), ask([3])];
    await settle();
    expect(calls.map(({ values }) => values)).toEqual([[1], [2]]);
    calls[1]?.finish();
    await settle();
    expect(calls.map(({ values }) => values)).toEqual([[1], [2], [3]]);
    calls[0]?.finish();
    calls[2]?.finish();
    expect(await Promise.all(asked)).toEqual([[2], [4], [6]]);
  });

  it('waits for company only when a delay is asked for, and not once a batch is full', async () => {
    const { calls, ask, settle, clock } = createFixture({ maxDelayMicroseconds: 5_000 });
    const first = [ask([1]), ask([2])];
    await settle();
    expect(calls).toHaveLength(0);
    await clock.advance(5);
    expect(calls[0]?.values).toEqual([1, 2]);
    const full = ask([3, 4, 5, 6]);
    calls[0]?.finish();
    await settle();
    expect(calls[1]?.values).toEqual([3, 4, 5, 6]);
    calls[1]?.finish();
    expect(await Promise.all([...first, full])).toEqual([[2], [4], [6, 8, 10, 12]]);
  });

  it('is drained when nothing waits, runs or is prepared', async () => {
    const { queue, calls, ask, settle } = createFixture();
    await queue.drain();
    const release = queue.hold();
    const events: string[] = [];
    const drained = queue.drain().then(() => events.push('drained'));
    const asked = ask([1]).then(() => events.push('answered'));
    await settle();
    release();
    await settle();
    expect(events).toEqual([]);
    calls[0]?.finish();
    await Promise.all([drained, asked]);
    expect(events).toEqual(['answered', 'drained']);
  });
});
