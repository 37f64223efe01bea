import type { IdentityName } from '../cli/initialise.ts';
import { readLiveForms } from '../cli/ledger-reading.ts';
import type { StatePaths } from '../cli/state-paths.ts';
import { referencesOf } from '../core/graph/references.ts';
import { PLANNERS } from '../core/plan/planners/planners.ts';
import { judgePull } from '../engine/judge-pull.ts';
import type { PolicyGate } from '../engine/policy-gate.ts';
import { previewZone } from '../engine/preview-zone.ts';
import { createPullChecker, type PullChecker } from '../engine/pull-checker.ts';
import type { RevisionReader } from '../engine/revision-reader.ts';
import type { Log } from '../ports/log.ts';
import type { ClosableGit, Machine } from './machine.ts';
import { loadActor, openLocalForge } from './pulls.ts';

const CHECKER: IdentityName = 'plumbline';
/** Who pushes looks a moment later. */
const POLL_MS = 3_000;

/** What says on pull requests what merging them would do. */
export async function openPullChecker(parts: {
  readonly machine: Machine;
  readonly paths: StatePaths;
  readonly log: Log;
  readonly git: ClosableGit;
  readonly policy: PolicyGate;
  readonly revisions: RevisionReader;
}): Promise<PullChecker> {
  const { machine, paths, log, git, policy, revisions } = parts;
  const { clock, randomness } = machine;
  const readLive = (zone: string) => readLiveForms(git, zone);
  return createPullChecker({
    ...{ clock, randomness, log, git, pollMs: POLL_MS },
    forge: await openLocalForge(machine, git),
    actor: await loadActor(paths, CHECKER),
    judge: (change) =>
      judgePull(
        {
          git,
          revisions,
          preview: (judgement, revision, zone) => {
            const deps = { now: clock.now(), planners: PLANNERS, referencesOf, policy, readLive };
            return previewZone(deps, judgement, revision, zone);
          },
        },
        change,
      ),
  });
}
