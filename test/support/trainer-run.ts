import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';

export type TrainerRun = {
  /** What `Trainers` says. */
  readonly argv: readonly string[];
  /** With `input/data/train/data.parquet` and `input/data/validation/data.parquet` in it. */
  readonly baseFolder: string;
  /** The columns that are features, in the order of the model's input. */
  readonly features: readonly string[];
  readonly hyperparameters: Readonly<Record<string, string>>;
  readonly seed: number;
  readonly isResumed?: boolean;
  readonly threads?: number;
};

export type RunningTrainer = {
  readonly ended: Promise<{ readonly exit: string; readonly output: string }>;
  readonly terminate: () => void;
  readonly kill: () => void;
};

/** Starts a trainer on a folder as an executor would: by the runner contract and nothing else. */
export async function startTrainer(run: TrainerRun): Promise<RunningTrainer> {
  await writeConfiguration(run);
  const [file, ...args] = run.argv;
  if (file === undefined) throw new Error('nothing to start');
  const child = spawn(file, args, {
    cwd: run.baseFolder,
    env: toEnvironment(run),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  const ended = new Promise<{ exit: string; output: string }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ exit: signal ?? String(code), output }));
  });
  return {
    ended,
    terminate: () => void child.kill('SIGTERM'),
    kill: () => void child.kill('SIGKILL'),
  };
}

async function writeConfiguration(run: TrainerRun): Promise<void> {
  const folder = join(run.baseFolder, 'input/config');
  await mkdir(folder, { recursive: true });
  const features = run.features.map((name) => ({
    name,
    view: null,
    kind: 'number',
    categories: [],
  }));
  const config: JsonObject = { contract: { v: 1, views: [], features }, seed: run.seed };
  await writeFile(join(folder, 'run.json'), JSON.stringify(config));
  await writeFile(join(folder, 'hyperparameters.json'), JSON.stringify(run.hyperparameters));
}

function toEnvironment(run: TrainerRun): NodeJS.ProcessEnv {
  const base = run.baseFolder;
  return {
    PATH: process.env['PATH'],
    HOME: base,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PLUMBLINE_BASE_DIR: base,
    SM_CHANNEL_TRAIN: join(base, 'input/data/train'),
    SM_CHANNEL_VALIDATION: join(base, 'input/data/validation'),
    SM_MODEL_DIR: join(base, 'model'),
    SM_OUTPUT_DATA_DIR: join(base, 'output/data'),
    PLUMBLINE_RESUME: run.isResumed === true ? '1' : '0',
    PLUMBLINE_SEED: String(run.seed),
    PLUMBLINE_SPEC_DIGEST: `sha256:${'1'.repeat(64)}`,
    PLUMBLINE_SNAPSHOT_DIGEST: `sha256:${'2'.repeat(64)}`,
    PLUMBLINE_TRAINER_DIGEST: `sha256:${'3'.repeat(64)}`,
    OMP_NUM_THREADS: String(run.threads ?? 1),
  };
}

/** To its end: how long a whole training takes is how long this takes. */
export async function runTrainer(run: TrainerRun) {
  return (await startTrainer(run)).ended;
}

export async function readScores(baseFolder: string): Promise<readonly number[]> {
  const text = await readFile(join(baseFolder, 'output/data/scores.json'), 'utf8');
  return (JSON.parse(text) as { readonly scores: readonly number[] }).scores;
}
