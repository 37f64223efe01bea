import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import { runPython } from './python-process.ts';

/** In the order of preference. Some systems have only numbered ones. */
export const PYTHON_NAMES: readonly string[] = [
  'python3',
  ...['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14'],
];

const PROBE_LIMIT_MS = 20_000;
const OLDEST_MINOR = 10;

/** What an environment is made with is looked for as well: some systems ship Python without it. */
const PROBE = `
import sys, venv, ensurepip
print("%d.%d %s" % (sys.version_info[0], sys.version_info[1], sys.executable))
`;

/** The first that would do, by its real name: what stands in the PATH may be a script for it. */
export async function findInterpreter(deps: {
  readonly interpreters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
}): Promise<string> {
  for (const name of deps.interpreters) {
    const { exit, output } = await runPython({
      argv: [name, '-I', '-c', PROBE],
      environment: deps.environment,
      limitMs: PROBE_LIMIT_MS,
      clock: deps.clock,
    });
    const [, minor, path] = /^3\.(\d+) (\/.*)$/m.exec(output) ?? [];
    if (exit === '0' && path !== undefined && Number(minor) >= OLDEST_MINOR) return path;
  }
  throw new CodedError(
    'P809',
    `no Python 3.${OLDEST_MINOR} or newer with its venv module among ${deps.interpreters.join(', ')}. Get it: apt-get install python3 python3-venv, or brew install python`,
  );
}
