import { CodedError, isCodedError } from '../../../core/contracts/coded-error.ts';
import type { JsonObject } from '../../../core/contracts/json.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ProgramRunner } from '../../../ports/program-runner.ts';

export type MemoryProgram = (job: JsonObject) => Promise<JsonObject>;

/**
 * Programs that are functions, by `program verb`. One that does not end in time is no longer waited
 * for; unlike a process it cannot be ended.
 */
export function createMemoryProgramRunner(deps: {
  readonly programs: Readonly<Record<string, MemoryProgram>>;
  readonly clock: Clock;
}): ProgramRunner {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run({ program, verb, job, limitMs }) {
      const name = `${program} ${verb}`;
      const turn = tail.then(() => runProgram(deps, { name, job, limitMs }));
      tail = turn.catch(() => {});
      return turn;
    },
  };
}

async function runProgram(
  deps: Parameters<typeof createMemoryProgramRunner>[0],
  input: { readonly name: string; readonly job: JsonObject; readonly limitMs: number },
): Promise<JsonObject> {
  const perform = Object.hasOwn(deps.programs, input.name) ? deps.programs[input.name] : undefined;
  if (perform === undefined) throw toFailure(input.name, 'there is no such program');
  const over = new AbortController();
  try {
    const late = deps.clock.sleep(input.limitMs, over.signal).then(() => null);
    // A copy each way: a process shares no object either.
    const ended = await Promise.race([perform(structuredClone(input.job)), late]);
    if (ended === null) throw new CodedError('P808', `it did not end within ${input.limitMs} ms`);
    return structuredClone(ended);
  } catch (error) {
    if (isCodedError(error, 'P801') || isCodedError(error, 'P804')) throw error;
    if (isCodedError(error, 'P808')) throw toFailure(input.name, error.message, error);
    throw toFailure(input.name, 'it failed unexpectedly', error);
  } finally {
    over.abort();
  }
}

function toFailure(name: string, why: string, cause?: unknown): CodedError {
  return new CodedError('P808', `the program ${name} failed: ${why}`, { remedy: 'retry', cause });
}
