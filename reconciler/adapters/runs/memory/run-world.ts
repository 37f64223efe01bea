import type { Fence } from '../../../core/contracts/fence.ts';
import type { RunStatus } from '../../../core/runs/run-status.ts';
import type { RunRequest, RunResult, RunStep } from '../../../ports/runs.ts';

/** How a made-up program ends, or that it has not yet. */
export type MemoryStepEnd = 'working' | { readonly exitCode: number; readonly said: string | null };

export type MemoryRun = {
  readonly request: RunRequest;
  readonly sequence: number;
  readonly status: RunStatus;
  readonly isCancelled: boolean;
};

/** What outlives the process that acts on it: its runs go on from where they are. */
export type MemoryRunWorld = {
  readonly runs: Map<string, MemoryRun>;
  readonly fences: Fence[];
  readonly sequences: number[];
  readonly countSlots: (target: string, pool: string) => number;
  /** Asked once per round of tending for each program under way. */
  readonly runStep: (call: {
    readonly request: RunRequest;
    readonly step: RunStep;
    /** Trainings begun, this one included. */
    readonly attempt: number;
  }) => MemoryStepEnd;
  /** What the evaluation of a run is said to have left. */
  readonly toResult: (request: RunRequest) => RunResult;
};

export function createMemoryRunWorld(
  world: Pick<MemoryRunWorld, 'countSlots' | 'runStep' | 'toResult'>,
): MemoryRunWorld {
  return { runs: new Map(), fences: [], sequences: [], ...world };
}
