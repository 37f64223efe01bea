import { constants } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Json, JsonObject } from '../../../core/contracts/json.ts';
import {
  EXIT_BAD_INPUT,
  type RunnerAnswer,
  toAnswerLine,
} from '../../../core/contracts/runner-answer.ts';
import { MAX_FAILURE_CHARACTERS } from '../../../core/runs/failure-text.ts';

export type JobDeps = {
  /** A path of the job as one of this machine: a relative one is below the run's base folder. */
  readonly resolvePath: (path: string) => string;
  /** Not made yet, for this process alone, inside the zone, and removed at the end. */
  readonly scratchFolder: string;
};

/** Judges its job by itself: throws P808 with the place when it is malformed. */
export type JobVerb = (job: Json, deps: JobDeps) => Promise<JsonObject>;

/** The largest job names some hundred columns and features, a few hundred bytes each. */
const MAX_JOB_BYTES = 4 * 1024 * 1024;

/**
 * The program's side of a bundled program: `main.js <verb> <job file>`. Performs the job and says
 * how it went, as the last line of its standard output and by its exit code. Nothing catches
 * SIGTERM: it ends the process as it ends any other.
 */
export async function answerJob(verbs: Readonly<Record<string, JobVerb>>): Promise<void> {
  const [verb = '', jobFile = ''] = process.argv.slice(2);
  const baseFolder = process.env['PLUMBLINE_BASE_DIR'];
  const { answer, exitCode } = await performJob(verbs, { verb, jobFile, baseFolder });
  if (answer.state === 'failed' && baseFolder !== undefined) {
    await leaveFailure(baseFolder, answer.message);
  }
  // Only when the line is out: a native thread that still runs must not keep the process alive.
  process.stdout.write(toAnswerLine(answer), () => process.exit(exitCode));
}

type JobInput = {
  readonly verb: string;
  readonly jobFile: string;
  readonly baseFolder: string | undefined;
};

type JobEnd = { readonly answer: RunnerAnswer; readonly exitCode: number };

async function performJob(
  verbs: Readonly<Record<string, JobVerb>>,
  input: JobInput,
): Promise<JobEnd> {
  const resolvePath = (path: string) => resolve(input.baseFolder ?? '.', path);
  const jobFile = resolvePath(input.jobFile);
  const scratchFolder = toScratchFolder(input.baseFolder, jobFile);
  try {
    const perform = Object.hasOwn(verbs, input.verb) ? verbs[input.verb] : undefined;
    if (perform === undefined || input.jobFile === '') {
      throw new CodedError('P808', `usage: ${Object.keys(verbs).join('|')} <job file>`);
    }
    const result = await perform(await readJob(jobFile), { resolvePath, scratchFolder });
    return { answer: { state: 'done', result }, exitCode: 0 };
  } catch (error) {
    return toFailure(error);
  } finally {
    await rm(scratchFolder, { recursive: true, force: true });
  }
}

/** Beside the job when somebody asked for it, and beside the results when it is a step of a run. */
function toScratchFolder(baseFolder: string | undefined, jobFile: string): string {
  const place = baseFolder === undefined ? dirname(jobFile) : join(baseFolder, 'output');
  return join(place, `.scratch-${process.pid}`);
}

async function readJob(path: string): Promise<Json> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_JOB_BYTES) {
      throw new CodedError('P808', `the job is no file of at most ${MAX_JOB_BYTES} bytes`);
    }
    return JSON.parse(await handle.readFile('utf8')) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CodedError('P808', 'the job is no JSON');
  } finally {
    await handle.close();
  }
}

function toFailure(error: unknown): JobEnd {
  if (error instanceof CodedError) {
    const exitCode = error.remedy === 'stop' ? EXIT_BAD_INPUT : 1;
    return { answer: { state: 'failed', code: error.code, message: error.message }, exitCode };
  }
  // Words that are not ours may quote a row, so they stay on this machine, in the program's log.
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  const name = error instanceof Error ? error.name : typeof error;
  const message = `it ended by an unexpected ${name}`;
  return { answer: { state: 'failed', code: 'P808', message }, exitCode: 1 };
}

async function leaveFailure(baseFolder: string, message: string): Promise<void> {
  const folder = join(baseFolder, 'output');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'failure'), message.slice(0, MAX_FAILURE_CHARACTERS));
}
