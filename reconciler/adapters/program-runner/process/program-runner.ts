import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import { parseAnswerLine, type RunnerAnswer } from '../../../core/contracts/runner-answer.ts';
import { isPlainName } from '../../../core/spec/target-form.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';
import { JOB_VARIABLE, writeJobMark } from './job-mark.ts';
import { type ProgramEnd, runProgramProcess } from './program-process.ts';

type ProgramInput = Parameters<ProgramRunner['run']>[0];

export type ProcessProgramRunnerDeps = {
  /** The compiled `main.js` of a program. */
  readonly toProgramFile: (program: ProgramInput['program']) => string;
  /** For jobs and what spills while they run: in the zone, and for the owner alone. */
  readonly jobsFolder: string;
  readonly clock: Clock;
  readonly processIdentity: ProcessIdentity;
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
  // A program is found by this name, so it is the one without links on the way.
  const folder = await realpath(await mkdtemp(join(deps.jobsFolder, 'job-')));
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
        [JOB_VARIABLE]: folder,
      },
      limitMs: input.limitMs,
      clock: deps.clock,
      signal: deps.signal,
      register: (pid) => register(deps, folder, pid),
    });
    return await toResult(deps, input, end);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function register(deps: ProcessProgramRunnerDeps, folder: string, pid: number) {
  const identity = await deps.processIdentity.readIdentity(pid);
  // One that has ended already is looked for by nobody.
  if (identity !== null) await writeJobMark(folder, { pid, identity });
}

async function toResult(
  deps: ProcessProgramRunnerDeps,
  input: ProgramInput,
  end: ProgramEnd,
): Promise<JsonObject> {
  if (end.state === 'not-started') throw toFailure(input, 'it could not be started', end.cause);
  if (end.state === 'timed-out') {
    throw toFailure(input, `it did not end within ${input.limitMs} ms`);
  }
  if (end.state === 'aborted') throw toFailure(input, 'it was ended because its owner ends');
  const answer = parseAnswerLine(toLastLine(end.output));
  if (answer?.state === 'done' && end.exit === '0') return answer.result;
  if (answer?.state === 'failed' && (answer.code === 'P801' || answer.code === 'P804')) {
    throw new CodedError(answer.code, answer.message);
  }
  throw toFailure(input, `${toWhy(answer, end.exit)}${await keepLastWords(deps, input, end)}`);
}

function toWhy(answer: RunnerAnswer | null, exit: string): string {
  if (answer?.state === 'failed') return answer.message;
  return `it ${answer === null ? 'gave no answer' : 'called itself done'} and ended with ${exit}`;
}

/**
 * What a program printed about its failure may quote a row, so it stays beside the jobs, in the
 * zone, for whoever looks after it. One file for each verb, written anew each time.
 */
async function keepLastWords(
  deps: ProcessProgramRunnerDeps,
  { program, verb }: ProgramInput,
  end: { readonly errorOutput: string },
): Promise<string> {
  if (end.errorOutput === '' || !isPlainName(verb)) return '';
  const file = join(deps.jobsFolder, `${program}-${verb}.log`);
  await rm(file, { force: true });
  await writeFile(file, end.errorOutput, { mode: 0o600, flag: 'wx' });
  return `; its last words are in ${file}`;
}

function toLastLine(output: string): string {
  const lines = output.trimEnd();
  return lines.slice(lines.lastIndexOf('\n') + 1);
}

function toFailure(input: ProgramInput, why: string, cause?: unknown): CodedError {
  const message = `the program ${input.program} ${input.verb} failed: ${why}`;
  return new CodedError('P808', message, { remedy: 'retry', cause });
}
