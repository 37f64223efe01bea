import type { Fence } from '../core/contracts/fence.ts';
import type { EvaluationReport } from '../core/contracts/generated/evaluation-report.generated.ts';
import type { ModelManifest } from '../core/contracts/generated/model-manifest.generated.ts';
import type { JsonObject } from '../core/contracts/json.ts';
import type { StepName } from '../core/runs/judge-step.ts';
import type { RunProgress } from '../core/runs/progress.ts';
import type { RunFacts } from '../core/runs/run-environment.ts';

/** One program of a run. It is started in the run's base folder, without a shell. */
export type RunStep = {
  readonly name: StepName;
  readonly argv: readonly string[];
  /**
   * Written to `input/config/<name>.json`, whose path is the program's last argument; null for a
   * program that keeps the runner contract.
   */
  readonly job: JsonObject | null;
};

export type RunRequest = RunFacts & {
  readonly target: string;
  readonly steps: readonly RunStep[];
  readonly limits: {
    readonly maxRuntimeSeconds: number;
    /** Between SIGTERM and SIGKILL. */
    readonly graceSeconds: number;
    /** Counted retries of a failed training. */
    readonly retries: number;
    readonly maxModelBytes: number;
  };
};

export type RunObservation =
  | { readonly state: 'absent' }
  /** It waits for a slot of its pool: `why` says so without a subject. */
  | { readonly state: 'queued'; readonly why: string }
  | {
      readonly state: 'running';
      readonly step: StepName;
      readonly attempt: number;
      readonly progress: RunProgress | null;
    }
  | {
      readonly state: 'succeeded';
      readonly attempts: number;
      readonly wallSeconds: number;
      /** Absolute: `model.onnx`, `manifest.json` and `evaluation.json` as the evaluation left them. */
      readonly resultFolder: string;
    }
  /** It will not be tried again by itself. `why` holds no secret and no row of data. */
  | {
      readonly state: 'failed';
      readonly step: StepName;
      readonly attempts: number;
      readonly why: string;
      /** Somebody asked for its end: it says nothing of what it would have come to. */
      readonly isCancelled: boolean;
    };

export type RunResult = {
  readonly manifest: ModelManifest;
  readonly evaluation: EvaluationReport;
  /** Absolute. */
  readonly modelFile: string;
};

/**
 * Long work on a target's slots: a run outlives whoever started it. A write with an epoch below
 * the highest seen throws P403.
 */
export interface Runs {
  raiseFence(fence: Fence): Promise<void>;
  /** Takes a run in. One of the same key that waits, runs or has ended is left as it is. */
  start(fence: Fence, request: RunRequest): Promise<void>;
  /** Never changes anything. */
  observe(runKey: string): Promise<RunObservation>;
  /**
   * What the evaluation of a run that succeeded has left. Throws P804 when it is not of the shape
   * that it must have, P803 when there is none.
   */
  readResult(runKey: string): Promise<RunResult>;
  /**
   * Gives waiting runs the slots that are free, first come first served, and ends what nobody
   * answers for: programs without a run, slots of dead programs. Called often; returns quickly.
   */
  tend(fence: Fence): Promise<void>;
  /** Stops it in order and keeps its checkpoints; it then has failed as cancelled. */
  cancel(fence: Fence, runKey: string): Promise<void>;
  /**
   * Stops every run that goes on, in order, for when this machine is to be quiet: they wait again
   * afterwards, and go on from their checkpoints once somebody tends them. Returns their keys.
   */
  suspend(): Promise<readonly string[]>;
  /**
   * Forgets a run that has ended, with its files: its key may be started anew at once. Throws P406,
   * worth another try, while it has not, also after it was cancelled. Removing the missing succeeds.
   */
  remove(fence: Fence, runKey: string): Promise<void>;
  list(): Promise<readonly string[]>;
}
