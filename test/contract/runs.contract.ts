import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { RunRequest, RunResult, Runs } from '../../reconciler/ports/runs.ts';
import { hasRunEnded, LEADER, RUN_ZONE, tendUntil, toRunKeyOf } from '../support/run-requests.ts';

/**
 * What the program of a run's training does. `fail-once` and `killed-once` go well the second
 * time; `hold` works until the test lets go.
 */
export type Behaviour =
  | 'succeed'
  | 'refuse'
  | 'fail'
  | 'fail-once'
  | 'killed'
  | 'killed-once'
  | 'hold';

export type RunsHarness = {
  /** Its pool `cpu` has one slot, its pool `wide` two, and `none` is not there. */
  readonly runs: Runs;
  /** As another process sees the same runs. */
  restart(): Runs;
  request(name: string, behaviour: Behaviour, changes?: Partial<RunRequest>): RunRequest;
  letGo(name: string): Promise<void>;
  /** What the evaluation of each run leaves. */
  readonly result: Pick<RunResult, 'manifest' | 'evaluation'>;
  close(): Promise<void>;
};

const refusal = (code: 'P206' | 'P403' | 'P406' | 'P803') => (error: unknown) =>
  isCodedError(error, code);

/** What every place of runs promises. */
export function describeRuns(name: string, make: () => Promise<RunsHarness>): void {
  describe(`runs: ${name}`, () => {
    let harness: RunsHarness;
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());
    const start = (...call: Parameters<RunsHarness['request']>) =>
      harness.runs.start(LEADER, harness.request(...call));
    const finish = (run: string) => tendUntil(harness.runs, toRunKeyOf(run), hasRunEnded);
    const waitFor = (run: string, state: string) =>
      tendUntil(harness.runs, toRunKeyOf(run), (seen) => seen.state === state);
    const waitForTraining = (run: string) =>
      tendUntil(
        harness.runs,
        toRunKeyOf(run),
        (seen) => seen.state === 'running' && seen.step === 'train',
      );
    const observe = (run: string) => harness.runs.observe(toRunKeyOf(run));

    it('knows nothing of a run that nobody started', async () => {
      expect(await observe('nobody')).toEqual({ state: 'absent' });
      expect(await harness.runs.list()).toEqual([]);
      await harness.runs.cancel(LEADER, toRunKeyOf('nobody'));
      await harness.runs.remove(LEADER, toRunKeyOf('nobody'));
      await harness.runs.tend(LEADER);
    });

    it('takes a run in and begins it only when it is tended', async () => {
      await start('fraud', 'succeed');
      expect(await observe('fraud')).toMatchObject({
        state: 'queued',
        why: 'waits for a free slot of pool cpu of target laptop',
      });
      expect(await harness.runs.list()).toEqual([toRunKeyOf('fraud')]);
      expect(await finish('fraud')).toMatchObject({ state: 'succeeded', attempts: 1 });
    });

    it('starts a run once, whatever is asked under its key', async () => {
      await start('fraud', 'hold');
      await waitForTraining('fraud');
      await start('fraud', 'refuse');
      expect(await observe('fraud')).toMatchObject({ state: 'running', step: 'train', attempt: 1 });
      await harness.letGo('fraud');
      expect(await finish('fraud')).toMatchObject({ state: 'succeeded', attempts: 1 });
      await start('fraud', 'refuse');
      expect(await observe('fraud')).toMatchObject({ state: 'succeeded', attempts: 1 });
    });

    it('serves who came first, as many at a time as there are slots', async () => {
      for (const run of ['first', 'second', 'third']) await start(run, 'hold');
      await waitFor('first', 'running');
      await harness.runs.tend(LEADER);
      expect((await observe('second')).state).toBe('queued');
      expect((await observe('third')).state).toBe('queued');
      await harness.letGo('first');
      await waitFor('second', 'running');
      expect((await observe('first')).state).toBe('succeeded');
      expect((await observe('third')).state).toBe('queued');
      await harness.letGo('second');
      await waitFor('third', 'running');
      await harness.letGo('third');
      await finish('third');
    });

    it('lets no pool wait for another', async () => {
      await start('narrow', 'hold');
      await start('one', 'hold', { pool: 'wide' });
      await start('two', 'hold', { pool: 'wide' });
      await start('homeless', 'hold', { pool: 'none' });
      for (const run of ['narrow', 'one', 'two']) await waitFor(run, 'running');
      expect((await observe('homeless')).state).toBe('queued');
      for (const run of ['narrow', 'one', 'two']) await harness.letGo(run);
      for (const run of ['narrow', 'one', 'two']) await finish(run);
    });

    it('does not try again what says that it will never succeed', async () => {
      await start('fraud', 'refuse');
      const seen = await finish('fraud');
      expect(seen).toMatchObject({ state: 'failed', step: 'train', attempts: 1 });
      expect(seen).toMatchObject({ why: expect.stringMatching(/^P803 .*: no such column$/) });
    });

    it('tries again what failed, as often as it may', async () => {
      await start('lucky', 'fail-once');
      expect(await finish('lucky')).toMatchObject({ state: 'succeeded', attempts: 2 });
      await start('unlucky', 'fail');
      const seen = await finish('unlucky');
      expect(seen).toMatchObject({ state: 'failed', step: 'train', attempts: 3 });
      expect(seen).toMatchObject({ why: expect.stringContaining('P803 train failed 3 times') });
    });

    it('tries what was killed once more, and not twice', async () => {
      await start('lucky', 'killed-once');
      expect(await finish('lucky')).toMatchObject({ state: 'succeeded', attempts: 2 });
      await start('unlucky', 'killed');
      const seen = await finish('unlucky');
      expect(seen).toMatchObject({ state: 'failed', attempts: 2 });
      expect(seen).toMatchObject({ why: expect.stringContaining('more memory') });
    });

    it('cancels what waits and what runs, and frees the slot', async () => {
      await start('running', 'hold');
      await waitFor('running', 'running');
      await start('waiting', 'hold');
      for (const run of ['waiting', 'running', 'running']) {
        await harness.runs.cancel(LEADER, toRunKeyOf(run));
      }
      for (const run of ['waiting', 'running']) {
        expect(await finish(run)).toMatchObject({ why: 'P803 cancelled', isCancelled: true });
      }
      await start('next', 'succeed');
      expect(await finish('next')).toMatchObject({ state: 'succeeded' });
      await harness.runs.cancel(LEADER, toRunKeyOf('next'));
      expect((await observe('next')).state).toBe('succeeded');
    });

    it('forgets what has ended, and nothing else', async () => {
      await start('fraud', 'hold');
      const remove = () => harness.runs.remove(LEADER, toRunKeyOf('fraud'));
      await expect(remove()).rejects.toSatisfy(refusal('P406'));
      await waitFor('fraud', 'running');
      await expect(remove()).rejects.toSatisfy(refusal('P406'));
      await harness.letGo('fraud');
      await finish('fraud');
      await remove();
      await remove();
      expect(await observe('fraud')).toEqual({ state: 'absent' });
      expect(await harness.runs.list()).toEqual([]);
      await start('fraud', 'refuse');
      expect(await finish('fraud')).toMatchObject({ state: 'failed' });
    });

    it('takes a cancelled run in anew as soon as it may be removed', async () => {
      await start('fraud', 'hold');
      await waitForTraining('fraud');
      await harness.runs.cancel(LEADER, toRunKeyOf('fraud'));
      await tendUntil(harness.runs, toRunKeyOf('fraud'), () =>
        harness.runs.remove(LEADER, toRunKeyOf('fraud')).then(
          () => true,
          (error: unknown) => {
            expect(isCodedError(error, 'P406') && error.remedy).toBe('retry');
            return false;
          },
        ),
      );
      await start('fraud', 'succeed');
      expect(await observe('fraud')).toEqual({
        state: 'queued',
        why: 'waits for a free slot of pool cpu of target laptop',
      });
      await harness.letGo('fraud');
      expect(await finish('fraud')).toMatchObject({ state: 'succeeded', attempts: 1 });
    });

    it('hears nobody whose term is over', async () => {
      const old = { holder: 'former', epoch: 4 };
      await start('fraud', 'succeed');
      await harness.runs.raiseFence({ holder: 'leader', epoch: 5 });
      const late: readonly (() => Promise<void>)[] = [
        () => harness.runs.raiseFence(old),
        () => harness.runs.start(old, harness.request('other', 'succeed')),
        () => harness.restart().tend(old),
        () => harness.runs.cancel(old, toRunKeyOf('fraud')),
        () => harness.runs.remove(old, toRunKeyOf('fraud')),
      ];
      for (const act of late) await expect(act()).rejects.toSatisfy(refusal('P403'));
      expect(await harness.runs.list()).toEqual([toRunKeyOf('fraud')]);
      expect((await observe('fraud')).state).toBe('queued');
    });

    it('is seen by another process as it stands, and goes on under it', async () => {
      await start('fraud', 'hold');
      await waitFor('fraud', 'running');
      const heir = harness.restart();
      expect(await heir.observe(toRunKeyOf('fraud'))).toMatchObject({ state: 'running' });
      await harness.letGo('fraud');
      const seen = await tendUntil(heir, toRunKeyOf('fraud'), hasRunEnded);
      expect(seen).toMatchObject({ state: 'succeeded', attempts: 1 });
    });

    it('is quiet once it is suspended, and goes on when it is tended again', async () => {
      const isImpatient = { limits: { ...harness.request('a', 'hold').limits, retries: 0 } };
      await start('running', 'hold', isImpatient);
      await waitForTraining('running');
      await start('waiting', 'succeed');
      expect(await harness.restart().suspend()).toEqual([toRunKeyOf('running')]);
      expect(await observe('running')).toMatchObject({
        state: 'queued',
        why: expect.stringContaining('it was preempted'),
      });
      expect((await observe('waiting')).state).toBe('queued');
      expect(await harness.runs.suspend()).toEqual([]);
      await harness.letGo('running');
      expect(await finish('running')).toMatchObject({ state: 'succeeded', attempts: 2 });
      expect(await finish('waiting')).toMatchObject({ state: 'succeeded', attempts: 1 });
    });

    it('hands out the result of what succeeded, and of nothing else', async () => {
      const read = (run: string) => harness.runs.readResult(toRunKeyOf(run));
      await expect(read('fraud')).rejects.toSatisfy(refusal('P803'));
      await start('fraud', 'succeed');
      await expect(read('fraud')).rejects.toSatisfy(refusal('P803'));
      await finish('fraud');
      const { modelFile, ...result } = await read('fraud');
      expect(result).toEqual(harness.result);
      expect(modelFile).toMatch(/^\/.*\/model\.onnx$/);
      await start('refused', 'refuse');
      await finish('refused');
      await expect(read('refused')).rejects.toSatisfy(refusal('P803'));
    });

    it('refuses what it could not run', async () => {
      const fence = LEADER;
      const { runs, request } = harness;
      const elsewhere = request('fraud', 'succeed', { zone: `not-${RUN_ZONE}` });
      await expect(runs.start(fence, elsewhere)).rejects.toSatisfy(refusal('P206'));
      const wrong: readonly Partial<RunRequest>[] = [
        { runKey: '../../etc' },
        { steps: [] },
        { steps: [...request('fraud', 'succeed').steps].reverse() },
        { hyperparameters: { 'not a=name': 1 } },
        { hyperparameters: { depth: 1, DEPTH: 2 } },
      ];
      for (const changes of wrong) {
        const asked = { ...request('fraud', 'succeed'), ...changes };
        await expect(runs.start(fence, asked)).rejects.toSatisfy(refusal('P406'));
      }
      await expect(runs.observe('sha256:short')).rejects.toSatisfy(refusal('P406'));
      expect(await runs.list()).toEqual([]);
    });
  });
}
