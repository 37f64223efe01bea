import { access } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SimulatedClock } from '../../reconciler/adapters/clock/simulated/clock.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { ProgramRunner } from '../../reconciler/ports/program-runner.ts';

export type ProgramRunnerHarness = {
  /** Its programs have the verbs of `SAMPLE_VERBS`. */
  readonly runner: ProgramRunner;
  readonly clock: SimulatedClock;
  /** A path where there is nothing yet. */
  readonly freshPath: () => string;
  readonly close: () => Promise<void>;
};

const LIMIT_MS = 60_000;

export function ask(runner: ProgramRunner, verb: string, job: JsonObject = {}) {
  return runner.run({ program: 'materialize', verb, job, limitMs: LIMIT_MS });
}

/** Lets the limit pass once the program says, in a file, that it is at work. */
export async function passLimit(harness: ProgramRunnerHarness, saysIn: string): Promise<void> {
  await vi.waitFor(() => access(saysIn), { timeout: 30_000 });
  await harness.clock.advance(LIMIT_MS);
}

/** What every program runner promises, wherever its programs run. */
export function describeProgramRunner(
  name: string,
  make: () => Promise<ProgramRunnerHarness>,
): void {
  describe(`program runner: ${name}`, () => {
    let harness: ProgramRunnerHarness;
    const failure = (verb: string) => ask(harness.runner, verb).catch((error: unknown) => error);
    beforeEach(async () => {
      harness = await make();
    });
    afterEach(() => harness.close());

    it('hands the job over and the result back, as they are', async () => {
      const job = { text: 'λ "quoted" \\ \n', number: 0.1, nested: { list: [1, null, true] } };
      expect(await ask(harness.runner, 'echo', job)).toEqual({ job });
    });

    it('throws the code and the words of a program that refuses what it was given', async () => {
      const refusals = [await failure('refuse'), await failure('refuse-model')];
      expect(refusals.map((error) => isCodedError(error) && [error.code, error.message])).toEqual([
        ['P801', 'the file has no column amount'],
        ['P804', 'the model has no input'],
      ]);
    });

    it('throws P808, worth another try, when a program fails in any other way', async () => {
      for (const verb of ['break', 'refuse-otherwise', 'no-such-verb']) {
        const error = await failure(verb);
        expect(isCodedError(error, 'P808') && error.remedy, verb).toBe('retry');
      }
    });

    it('keeps what an unexpected failure says out of its message', async () => {
      expect(String(await failure('break'))).not.toContain('Ada');
    });

    it('throws P808 when a program does not end in time, and then runs the next', async () => {
      const saysIn = harness.freshPath();
      const hanging = ask(harness.runner, 'hang', { saysIn }).catch((error: unknown) => error);
      const next = ask(harness.runner, 'echo', { next: true });
      await passLimit(harness, saysIn);
      const error = await hanging;
      expect(isCodedError(error, 'P808') && error.message).toContain(`within ${LIMIT_MS} ms`);
      expect(await next).toEqual({ job: { next: true } });
      expect(harness.clock.countSleepers()).toBe(0);
    });

    it('answers many that are asked at once, each its own', async () => {
      const jobs = [1, 2, 3].map((number) => ({ number }));
      const answers = await Promise.all(jobs.map((job) => ask(harness.runner, 'echo', job)));
      expect(answers).toEqual(jobs.map((job) => ({ job })));
    });
  });
}
