/*
 * Measures what it costs to run a program as a run: taken in, given a slot, watched by a supervisor
 * of its own and written down until it has succeeded. The baseline is the bare program, a runtime
 * that starts and ends. It does not measure a training, nor how long a run waits until somebody
 * tends it: here that happens without a pause.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DEFAULT_SUPERVISOR_SETTINGS } from '../../../reconciler/adapters/runs/process/settings.ts';
import {
  endProcessRuns,
  hasRunEnded,
  LEADER,
  makeRunRequest,
  makeSlots,
  openProcessRuns,
  tendUntil,
  writeProgram,
} from '../../support/run-requests.ts';
import { type Bench, type BenchContext, type Figure, median, takeSeconds } from '../bench.ts';
import { evaluateCase } from './evaluate.ts';

const REPETITIONS = 20;

/** As it runs in production: what was built starts faster than the source. */
const SUPERVISOR = fileURLToPath(
  new URL('../../../dist/runners/supervise/main.js', import.meta.url),
);

export const training: Bench = {
  name: 'training',
  cases: [evaluateCase, { name: 'overhead', measure: measureOverhead }],
};

async function measureOverhead({ note }: BenchContext): Promise<readonly Figure[]> {
  if (!existsSync(SUPERVISOR)) throw new Error(`${SUPERVISOR} is missing: npm run build`);
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  try {
    const argv = await writeProgram(folder, 'trainer', '');
    await makeSlots(folder, 'cpu', 1);
    const bare: number[] = [];
    const watched: number[] = [];
    // Taking turns: what else the machine does then falls on both.
    for (let round = 0; round < REPETITIONS; round += 1) {
      bare.push(await takeSeconds(() => runBare(argv)));
      watched.push(await takeSeconds(() => runWatched(folder, `round-${round}`, argv)));
    }
    note(`${REPETITIONS} runs of one step, one after the other; each ends with its status flushed`);
    const figure = { metric: 'seconds', value: median(watched), baseline: median(bare) } as const;
    return [{ ...figure, n: REPETITIONS }];
  } finally {
    await endProcessRuns(folder);
  }
}

async function runBare([file = '', ...args]: readonly string[]): Promise<void> {
  await promisify(execFile)(file, args);
}

async function runWatched(folder: string, name: string, argv: readonly string[]): Promise<void> {
  const supervisorArgv = [process.execPath, SUPERVISOR];
  const runs = openProcessRuns(folder, DEFAULT_SUPERVISOR_SETTINGS, { supervisorArgv });
  const request = makeRunRequest(name, { steps: [{ name: 'train', argv, job: null }] });
  await runs.start(LEADER, request);
  const seen = await tendUntil(runs, request.runKey, hasRunEnded);
  if (seen.state !== 'succeeded') throw new Error(`the run has ${seen.state}`);
}
