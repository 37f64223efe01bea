import { type SpawnOptions, spawn } from 'node:child_process';
import process from 'node:process';

/** More than any failure needs, and no more than a person reads. */
const MAX_OUTPUT_CHARS = 8_192;

/** A user of this machine that programs are started as. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number };

export type Program = {
  readonly file: string;
  readonly args: readonly string[];
  /** Null: as the user that we are. */
  readonly account: Account | null;
  readonly workFolder: string;
};

export type ProgramResult = {
  /** Null when a signal ended it, a time-out included. */
  readonly status: number | null;
  /** The end of what it printed, on both channels. */
  readonly output: string;
};

/** Rejects only when it cannot be started at all. */
export function runProgram(
  program: Program & { readonly timeoutMs: number },
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program.file, program.args, {
      ...toSpawnOptions(program),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: program.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT_CHARS);
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output }));
  });
}

/**
 * Nothing of our environment reaches the program but the way to libraries: it may hold secrets,
 * and variables such as PGDATA or LC_ALL would change what Postgres does.
 */
export function toSpawnOptions(program: Program): SpawnOptions {
  const libraries = process.env['LD_LIBRARY_PATH'];
  return {
    cwd: program.workFolder,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: program.workFolder,
      LC_ALL: 'C',
      TZ: 'UTC',
      ...(libraries === undefined ? {} : { LD_LIBRARY_PATH: libraries }),
    },
    ...(program.account === null ? {} : { uid: program.account.uid, gid: program.account.gid }),
  };
}
