import type { ArtifactStore } from '../../ports/artifact-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Definitions } from '../../ports/definitions.ts';
import type { Proposals } from '../../ports/proposals.ts';
import type { Runs } from '../../ports/runs.ts';
import type { Snapshots } from '../../ports/snapshots.ts';
import type { Trainers } from '../../ports/trainers.ts';
import type { RunPrograms } from './run-request.ts';

/** What models meet the world through. */
export type ModelPorts = {
  readonly zone: string;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly snapshots: Snapshots;
  readonly trainers: Trainers;
  readonly runs: Runs;
  readonly artifacts: ArtifactStore;
  readonly proposals: Proposals;
  readonly programs: RunPrograms;
};
