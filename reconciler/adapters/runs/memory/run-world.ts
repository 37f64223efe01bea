import type { Fence } from '../../../core/contracts/fence.ts';
import type { RunStatus } from '../../../core/runs/run-status.ts';
import type { RunRequest, RunStep } from '../../../ports/runs.ts';

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
  /** Where the result of a run is said to stand. */
  readonly toResultFolder: (runKey: string) => string;
};

export function createMemoryRunWorld(
  world: Pick<MemoryRunWorld, 'countSlots' | 'runStep'> & Partial<MemoryRunWorld>,
): MemoryRunWorld {
  return {
    runs: new Map(),
    fences: [],
    sequences: [],
    toResultFolder: (runKey) => `/memory/runs/${runKey.slice('sha256:'.length)}/result`,
    ...world,
  };
}
