import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import { parseAnswerLine } from '../../../core/contracts/runner-answer.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';
import { type ProgramEnd, runProgramProcess } from './program-process.ts';

type ProgramInput = Parameters<ProgramRunner['run']>[0];

export type ProcessProgramRunnerDeps = {
  /** The compiled `main.js` of a program. */
  readonly toProgramFile: (program: ProgramInput['program']) => string;
  /** For jobs and what spills while they run: in the zone, and for the owner alone. */
  readonly jobsFolder: string;
  readonly clock: Clock;
  /** Where the programs find what the machine offers; the rest is left out. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Ends what runs and refuses what waits. */
  readonly signal?: AbortSignal;
  /** Before the program's file; a test runs what is not compiled. */
  readonly nodeArguments?: readonly string[];
};

/** A caller waits for its answer, so more at once means that something starts them in a loop. */
const MAX_WAITING = 64;

/** Each program in a process group of its own, one after the other: any of them fills a machine. */
export function createProcessProgramRunner(deps: ProcessProgramRunnerDeps): ProgramRunner {
  let waiting = 0;
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run(input) {
      if (waiting >= MAX_WAITING) {
        return Promise.reject(toFailure(input, `${waiting} others wait already`));
      }
      waiting += 1;
      const turn = tail
        .then(() => runJob(deps, input))
        .finally(() => {
          waiting -= 1;
        });
      tail = turn.catch(() => {});
      return turn;
    },
  };
}

async function runJob(deps: ProcessProgramRunnerDeps, input: ProgramInput): Promise<JsonObject> {
  await mkdir(deps.jobsFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(deps.jobsFolder, 'job-'));
  try {
    const jobFile = join(folder, 'job.json');
    await writeFile(jobFile, JSON.stringify(input.job), { mode: 0o600, flag: 'wx' });
    const end = await runProgramProcess({
      argv: [...(deps.nodeArguments ?? []), deps.toProgramFile(input.program), input.verb, jobFile],
      folder,
      environment: {
        PATH: deps.environment['PATH'],
        HOME: deps.environment['HOME'],
        LANG: 'C.UTF-8',
        TZ: 'UTC',
      },
      limitMs: input.limitMs,
      clock: deps.clock,
      signal: deps.signal,
    });
    return toResult(input, end);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toResult(input: ProgramInput, end: ProgramEnd): JsonObject {
  if (end.state === 'not-started') throw toFailure(input, 'it could not be started', end.cause);
  if (end.state === 'timed-out') {
    throw toFailure(input, `it did not end within ${input.limitMs} ms`);
  }
  if (end.state === 'aborted') throw toFailure(input, 'it was ended because its owner ends');
  const answer = parseAnswerLine(toLastLine(end.output));
  const cause = end.errorOutput === '' ? undefined : new Error(end.errorOutput);
  if (answer?.state === 'failed') {
    const isBadInput = answer.code === 'P801' || answer.code === 'P804';
    if (isBadInput) throw new CodedError(answer.code, answer.message, { cause });
    throw toFailure(input, answer.message, cause);
  }
  if (answer === null || end.exit !== '0') {
    const what = answer === null ? 'gave no answer' : 'called itself done';
    throw toFailure(input, `it ${what} and ended with ${end.exit}`, cause);
  }
  return answer.result;
}

function toLastLine(output: string): string {
  const lines = output.trimEnd();
  return lines.slice(lines.lastIndexOf('\n') + 1);
}

function toFailure(input: ProgramInput, why: string, cause?: unknown): CodedError {
  const message = `the program ${input.program} ${input.verb} failed: ${why}`;
  return new CodedError('P808', message, { remedy: 'retry', cause });
}
