import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { SupervisorSettings } from '../../reconciler/adapters/runs/process/settings.ts';
import type { RunObservation, RunStep, Runs } from '../../reconciler/ports/runs.ts';
import { EVALUATOR, PREPARER, SAGEMAKER_TRAINER } from './run-programs.ts';
import {
  endProcessRuns,
  hasRunEnded,
  LEADER,
  makeRunRequest,
  makeSlots,
  openProcessRuns,
  tendUntil,
  toRunKeyOf,
  toRunPath,
  writeProgram,
} from './run-requests.ts';

export const RUN_KEY = toRunKeyOf('fraud');

type Changes = Parameters<typeof makeRunRequest>[1];
type Settings = Partial<SupervisorSettings>;

/** One run of one program, or of three, in a folder of its own for each test. */
export type RunStage = {
  readonly folder: () => string;
  readonly base: () => string;
  readonly startSteps: (
    steps: readonly RunStep[],
    changes?: Changes,
    settings?: Settings,
  ) => Promise<Runs>;
  readonly startTraining: (source: string, changes?: Changes, settings?: Settings) => Promise<Runs>;
  /** To its end. */
  readonly train: (
    source: string,
    changes?: Changes,
    settings?: Settings,
  ) => Promise<RunObservation>;
  /** To its end; a step without a source does what it should. */
  readonly runThree: (
    sources: Readonly<Partial<Record<RunStep['name'], string>>>,
  ) => Promise<RunObservation>;
};

const PARAMETERS = { depth: 3, 'learning-rate': 0.1, booster: 'trees' };

export function useRunStage(): RunStage {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-programs-'));
    await makeSlots(folder, 'cpu', 1);
  });
  afterEach(() => endProcessRuns(folder));

  const stage: RunStage = {
    folder: () => folder,
    base: () => join(toRunPath(folder, RUN_KEY), 'base'),
    async startSteps(steps, changes = {}, settings = {}) {
      const runs = openProcessRuns(folder, settings);
      await runs.start(LEADER, makeRunRequest('fraud', { steps, ...changes }));
      return runs;
    },
    async startTraining(source, ...more) {
      const argv = await writeProgram(folder, 'trainer', source);
      return stage.startSteps([{ name: 'train', argv, job: null }], ...more);
    },
    train: async (...input) => finish(await stage.startTraining(...input)),
    async runThree({ prepare = PREPARER, train = SAGEMAKER_TRAINER, evaluate = EVALUATOR }) {
      const write = (name: string, source: string) => writeProgram(folder, name, source);
      const evaluation = { v: 1, modelFolder: 'model', outputFolder: 'result' };
      const steps: readonly RunStep[] = [
        {
          name: 'prepare',
          argv: await write('prepare', prepare),
          job: { v: 1, outputFolder: 'input/data' },
        },
        { name: 'train', argv: await write('train', train), job: null },
        { name: 'evaluate', argv: await write('evaluate', evaluate), job: evaluation },
      ];
      return finish(await stage.startSteps(steps, { hyperparameters: PARAMETERS }));
    },
  };
  return stage;
}

function finish(runs: Runs): Promise<RunObservation> {
  return tendUntil(runs, RUN_KEY, hasRunEnded);
}
