import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trainers } from '../../reconciler/ports/trainers.ts';
import { openBundledTrainers } from './trainer-installation.ts';

const WHEEL_NAME = 'plumbline_small-1.0-py3-none-any.whl';

/** A wheel is an archive with a module and notes about it. */
const MAKE_WHEEL = `
import sys, zipfile
notes = "plumbline_small-1.0.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("plumbline_small.py", "ANSWER = 42\\n")
    wheel.writestr(notes + "METADATA", "Metadata-Version: 2.1\\nName: plumbline-small\\nVersion: 1.0\\n")
    wheel.writestr(notes + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(notes + "RECORD", "")
`;

const PROGRAM = `
import os, sys
import plumbline_small
told = [name for name in os.environ if name.startswith("PIP_")]
sys.exit(0 if plumbline_small.ANSWER == 42 and not told else 1)
`;

export type SmallTrainer = {
  readonly program: string;
  readonly folder: string;
  readonly programFile: string;
  readonly environmentsFolder: string;
  /** With `interpreters` as if only those were installed. */
  readonly open: (interpreters?: readonly string[]) => Trainers;
  /** Locks its package with these hexadecimal digits; its own when none are given. */
  readonly lock: (sha256?: string) => Promise<void>;
  readonly remove: () => Promise<void>;
};

/** A real program with one real package, from a folder instead of a network. */
export async function makeSmallTrainer(): Promise<SmallTrainer> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-trainers-'));
  const [program, wheels] = [join(folder, 'programs/small'), join(folder, 'wheels')];
  await Promise.all([program, wheels].map((path) => mkdir(path, { recursive: true })));
  const wheel = join(wheels, WHEEL_NAME);
  const made = spawnSync('python3', ['-I', '-c', MAKE_WHEEL, wheel], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`the wheel was not made: ${made.stderr}`);
  const ownDigest = createHash('sha256')
    .update(await readFile(wheel))
    .digest('hex');
  const small: SmallTrainer = {
    program: 'small',
    folder,
    programFile: join(program, 'train.py'),
    environmentsFolder: join(folder, 'environments'),
    open: (interpreters) => openSmallTrainers(folder, interpreters),
    lock: (sha256 = ownDigest) =>
      writeFile(
        join(program, 'requirements.lock'),
        `plumbline-small==1.0 --hash=sha256:${sha256}\n`,
      ),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  await writeFile(small.programFile, PROGRAM);
  await small.lock();
  return small;
}

export function openSmallTrainers(folder: string, interpreters?: readonly string[]): Trainers {
  return openBundledTrainers({
    programsFolder: join(folder, 'programs'),
    environmentsFolder: join(folder, 'environments'),
    environment: {
      PATH: process.env['PATH'],
      HOME: folder,
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: join(folder, 'wheels'),
    },
    ...(interpreters === undefined ? {} : { interpreters }),
  });
}
