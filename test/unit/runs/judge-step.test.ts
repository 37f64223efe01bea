import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  judgeStep,
  NO_COUNTERS,
  type RetryRule,
  type StepEnd,
  toBackoffMs,
} from '../../../reconciler/core/runs/judge-step.ts';
import {
  beginStep,
  endStep,
  findNextStep,
  hasEnded,
  isStepOrder,
  loseSupervisor,
  type RunStatus,
  toFirstStatus,
} from '../../../reconciler/core/runs/run-status.ts';

const RULE: RetryRule = {
  retries: 2,
  maxRuntimeSeconds: 60,
  backoffMs: 1000,
  maxBackoffMs: 5000,
};

function makeEnd(fields: Partial<StepEnd> = {}): StepEnd {
  return {
    step: 'train',
    exitCode: null,
    signal: null,
    startFailure: null,
    stopped: null,
    hasCheckpoint: false,
    said: null,
    peakMebibytes: null,
    ...fields,
  };
}

const judge = (fields: Partial<StepEnd>, counters = NO_COUNTERS) =>
  judgeStep(makeEnd(fields), counters, RULE);

describe('the table of exit codes', () => {
  it('takes 0 for success, also when we had asked it to stop', () => {
    for (const stopped of [null, 'deadline', 'memory', 'preempted', 'stalled'] as const) {
      expect(judge({ exitCode: 0, stopped })).toEqual({ kind: 'done' });
    }
    expect(judge({ exitCode: 0, stopped: 'cancelled' })).toMatchObject({ kind: 'failed' });
  });

  it('never tries 10 again', () => {
    expect(judge({ exitCode: 10, said: 'no label' })).toEqual({
      kind: 'failed',
      why: 'P803 the trainer refused its configuration or data: no label',
    });
    expect(judge({ exitCode: 10, step: 'evaluate', said: 'P804 opset 99' })).toEqual({
      kind: 'failed',
      why: 'P804 opset 99',
    });
  });

  it.each([75, 1, 42, 139, 143])('counts %i, and waits longer each time', (exitCode) => {
    const first = judge({ exitCode });
    expect(first).toEqual({
      kind: 'again',
      counters: { ...NO_COUNTERS, retries: 1 },
      delayMs: 1000,
    });
    const second = judge({ exitCode }, { ...NO_COUNTERS, retries: 1 });
    expect(second).toMatchObject({ kind: 'again', delayMs: 2000 });
    expect(judge({ exitCode }, { ...NO_COUNTERS, retries: 2 })).toEqual({
      kind: 'failed',
      why: `P803 train failed 3 times, the last time with exit code ${exitCode}`,
    });
  });

  it.each([
    { exitCode: 137 },
    { signal: 'SIGKILL' },
    { stopped: 'memory' as const, signal: 'SIGKILL' },
  ])('tries %o once more', (end) => {
    expect(judge(end)).toMatchObject({ kind: 'again', counters: { kills: 1, retries: 1 } });
    const again = judge({ ...end, peakMebibytes: 900 }, { ...NO_COUNTERS, kills: 1, retries: 1 });
    expect(again).toMatchObject({ kind: 'failed', why: expect.stringContaining('900 MiB') });
  });

  it.each([true, false])('does not count a preemption (with a checkpoint: %s)', (hasCheckpoint) => {
    for (const end of [{ exitCode: 143 }, { signal: 'SIGTERM' }, { signal: 'SIGKILL' }]) {
      const verdict = judge({ ...end, stopped: 'preempted', hasCheckpoint });
      expect(verdict).toMatchObject({
        kind: 'wait',
        why: expect.stringContaining(hasCheckpoint ? 'checkpoint' : 'starts over'),
      });
    }
  });

  it('resumes what stalled once', () => {
    const end = { exitCode: 143, stopped: 'stalled' as const };
    expect(judge(end)).toEqual({
      kind: 'again',
      counters: { ...NO_COUNTERS, stalls: 1 },
      delayMs: 0,
    });
    expect(judge(end, { ...NO_COUNTERS, stalls: 1 })).toMatchObject({ kind: 'failed' });
  });

  it('tells a crash of the evaluation from its failure', () => {
    expect(judge({ step: 'evaluate', signal: 'SIGSEGV' })).toEqual({
      kind: 'failed',
      why: 'P804 the model crashed the program that checked it (SIGSEGV)',
    });
    expect(judge({ step: 'evaluate', exitCode: 1 })).toMatchObject({ kind: 'again' });
    const spent = { ...NO_COUNTERS, retries: 2 };
    expect(judge({ step: 'evaluate', exitCode: 1 }, spent)).toEqual({
      kind: 'failed',
      why: 'P808 evaluate failed 3 times, the last time with exit code 1',
    });
    expect(judge({ step: 'evaluate', exitCode: 75 })).toMatchObject({ kind: 'again' });
  });

  it('backs off up to the bound', () => {
    const delays = [0, 1, 2, 3, 1000].map((retries) => toBackoffMs(retries, RULE));
    expect(delays).toEqual([1000, 2000, 4000, 5000, 5000]);
  });
});

const STEPS = [
  { name: 'prepare' as const },
  { name: 'train' as const },
  { name: 'evaluate' as const },
];

const anyEnd = fc.record({
  exitCode: fc.option(fc.nat({ max: 255 })),
  signal: fc.option(fc.constantFrom('SIGTERM', 'SIGKILL', 'SIGSEGV')),
  stopped: fc.option(fc.constantFrom('cancelled', 'deadline', 'memory', 'stalled')),
  hasCheckpoint: fc.boolean(),
  said: fc.option(fc.constant('P801 its own words')),
});

/** The run when its programs end one after the other in these ways, as far as it gets. */
function live(ends: readonly Partial<StepEnd>[], rule: RetryRule): RunStatus {
  let status = toFirstStatus(STEPS);
  for (const end of ends) {
    const step = findNextStep(STEPS, status);
    if (step === null || hasEnded(status)) return status;
    status = beginStep(status, step.name);
    const verdict = judgeStep(makeEnd({ ...end, step: step.name }), status.counters, rule);
    status = endStep(status, verdict, status.runtimeMs + 1);
  }
  return status;
}

describe('the life of a run', () => {
  it('ends, however its programs end, unless it is preempted without an end', () => {
    fc.assert(
      fc.property(fc.nat({ max: 4 }), fc.infiniteStream(anyEnd), (retries, ends) => {
        // Three steps, each counted retry and one resumption of a stall: no more programs.
        const most = [...ends.take(STEPS.length + retries + 1)];
        const status = live(most, { ...RULE, retries });
        expect(hasEnded(status) || findNextStep(STEPS, status) === null).toBe(true);
        expect(status.counters.retries).toBeLessThanOrEqual(retries);
        expect(status.counters.attempts).toBeLessThanOrEqual(retries + 2);
      }),
    );
  });

  it('never loses a step that is done, nor a second that was spent', () => {
    fc.assert(
      fc.property(fc.array(anyEnd, { maxLength: 12 }), (ends) => {
        let before = toFirstStatus(STEPS);
        for (let count = 1; count <= ends.length; count += 1) {
          const after = live(ends.slice(0, count), RULE);
          expect(after.doneSteps.slice(0, before.doneSteps.length)).toEqual(before.doneSteps);
          expect(after.runtimeMs).toBeGreaterThanOrEqual(before.runtimeMs);
          before = after;
        }
      }),
    );
  });

  it('fails with a code in front, always', () => {
    fc.assert(
      fc.property(fc.array(anyEnd, { maxLength: 12 }), (ends) => {
        const status = live(ends, RULE);
        if (status.state === 'failed') expect(status.why).toMatch(/^P80[1348] /);
      }),
    );
  });

  it('survives 19 supervisors', () => {
    let status = beginStep(toFirstStatus(STEPS), 'prepare');
    for (let loss = 1; loss < 20; loss += 1) status = loseSupervisor(status);
    expect(status).toMatchObject({ state: 'queued', counters: { losses: 19, retries: 0 } });
    expect(loseSupervisor(status)).toMatchObject({ state: 'failed' });
  });

  it('knows one order of steps', () => {
    expect(isStepOrder(['prepare', 'train', 'evaluate'])).toBe(true);
    expect(isStepOrder(['train'])).toBe(true);
    for (const names of [[], ['train', 'prepare'], ['train', 'train'], ['serve']]) {
      expect(isStepOrder(names)).toBe(false);
    }
  });
});
