import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { clearFolder, type EnvironmentFolder, markReady, toPython } from './environment-folder.ts';
import { toPackageEnvironment } from './installer-environment.ts';
import { findInterpreter } from './interpreter.ts';
import type { ProgramFolder } from './program-folder.ts';
import { runPython } from './python-process.ts';

export type MakeEnvironmentDeps = {
  /** What the installer sees. */
  readonly environment: Readonly<Record<string, string>>;
  readonly interpreters: readonly string[];
  readonly clock: Clock;
  readonly randomness: Randomness;
};

type Step = {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  /** Whether code of other people runs in it. */
  readonly isForeign?: true;
};

/** Its output says most at its end. */
const SHOWN_LINES = 8;
const MAX_SHOWN_CHARACTERS = 1_000;

/** Makes it anew and gives its interpreter. Whoever calls holds the folder's lock. */
export async function makeEnvironment(
  deps: MakeEnvironmentDeps,
  program: ProgramFolder,
  place: EnvironmentFolder,
  limitMs: number,
): Promise<string> {
  const deadline = deps.clock.now() + limitMs;
  const interpreter = await findInterpreter(deps);
  await clearFolder(place);
  const name = Buffer.from(deps.randomness.bytes(4)).toString('hex');
  for (const step of toSteps(interpreter, program, join(place.folder, name))) {
    await runStep(deps, program, step, deadline - deps.clock.now());
  }
  return markReady(place, name);
}

function toSteps(
  interpreter: string,
  program: ProgramFolder,
  environmentFolder: string,
): readonly Step[] {
  const python = toPython(environmentFolder);
  return [
    { name: 'making its environment', argv: [interpreter, '-I', '-m', 'venv', environmentFolder] },
    {
      name: 'installing its packages',
      argv: [
        ...([python, '-I', '-m', 'pip', 'install'] as const),
        ...['--no-input', '--disable-pip-version-check', '--progress-bar', 'off', '--no-user'],
        ...['--require-hashes', '--no-deps', '--only-binary=:all:', '-r', program.lockFile],
      ],
    },
    {
      name: 'loading its packages',
      argv: [python, '-I', '-B', program.entryFile, '--check'],
      isForeign: true,
    },
  ];
}

async function runStep(
  deps: MakeEnvironmentDeps,
  { program }: ProgramFolder,
  step: Step,
  limitMs: number,
): Promise<void> {
  const { clock } = deps;
  const environment = step.isForeign ? toPackageEnvironment(deps.environment) : deps.environment;
  const end =
    limitMs > 0
      ? await runPython({ argv: step.argv, environment, limitMs, clock })
      : { exit: 'no time left', output: '' };
  if (end.exit === '0') return;
  throw new CodedError(
    'P809',
    `the trainer ${program} cannot be set up: ${step.name} failed (${end.exit})${toHint(end.output)}\n${toShownOutput(end.output)}`,
    { remedy: 'retry' },
  );
}

/** Nothing that Python's packages could bring along: the system has it, or a person adds it. */
function toHint(output: string): string {
  if (output.includes('libgomp')) return '. Get OpenMP: apt-get install libgomp1';
  if (output.includes('libomp')) return '. Get OpenMP: brew install libomp';
  return '';
}

/** An address may hold a password, and names machines inside; these words go to Git. */
export function toShownOutput(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
  return lines.replaceAll(/\b[a-z+]+:\/\/\S+/gi, '[address]').slice(-MAX_SHOWN_CHARACTERS);
}
