import { toShortDigest } from '../../contracts/digest.ts';
import type { Instant } from '../../contracts/instant.ts';
import type { NormalForm } from '../../contracts/normal-form.ts';
import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { CONVERGED, type ConvergenceWords, planConvergence } from '../plan-convergence.ts';
import type { Planner, PlannerInput, PlannerResult } from '../planner.ts';
import {
  findRollout,
  isGivenUp,
  planGivenUp,
  planLost,
  planRollout,
  type Rollout,
  type RolloutFacts,
  toReleaseName,
} from './rollout.ts';

export type ReleaseFacts = {
  /** Whether a data-plane node serves exactly this. */
  readonly node: 'serving' | 'loading' | 'failed';
  /** Why not, when it failed. */
  readonly why: string;
  /** A version of another model than its endpoint serves by now; null when there is none. */
  readonly stray: { readonly version: string; readonly of: string; readonly serves: string } | null;
  /** A version that the artifact store has no more, or only damaged; null when there is none. */
  readonly lost: string | null;
  readonly rollout: RolloutFacts | null;
};

/** How soon a node that loads a version is looked at again. */
const LOOK_AGAIN_MS = 1_000;

/** Nobody tells a release of a change to the store or to its endpoint. */
const LOOK_AFTER_TROUBLE_MS = 5_000;

/** Which versions an endpoint runs. It is as desired when a node has said that it serves them. */
export const planRelease: Planner = (input) => {
  const { rollout: facts = null } = input.facts as Partial<ReleaseFacts>;
  if (isGivenUp(input)) return planGivenUp(input);
  const lost = planLost(input);
  if (lost !== null) return lost;
  const rollout = findRollout(input, facts);
  if (rollout === null) return planConvergence(input, WORDS);
  if (!input.context.isWholePlan) return planRollout(input, rollout);
  // The way there is decided step by step; judged is where it leads.
  return hasRolledBack(rollout) ? planRollout(input, rollout) : planConvergence(input, WORDS);
};

function hasRolledBack({ desired, facts: { position } }: Rollout): boolean {
  return position?.end === 'rolledBack' && position.release === toReleaseName(desired);
}

const WORDS: ConvergenceWords = {
  describe: ({ after }) => `${describeShares(after)} of ${toTypedSpec(after, 'Release').endpoint}`,
  removal: () => ({ action: 'delete', reason: 'left Git: its endpoint awaits a release' }),
  settle,
};

function describeShares(form: NormalForm): string {
  const { versions } = toTypedSpec(form, 'Release');
  return versions.map(({ version, percent }) => `${toShort(version)} gets ${percent} %`).join(', ');
}

/** What is served is told, and left as it is: only a commit can say what should be served. */
function settle({ desired, facts, now, context }: PlannerInput): PlannerResult | null {
  if (desired === null) return null;
  const { node = 'serving', why = '', stray = null, lost = null } = facts as Partial<ReleaseFacts>;
  if (stray !== null) return rest(toStray(stray), now + LOOK_AFTER_TROUBLE_MS);
  if (lost !== null) return rest(toLost(lost), now + LOOK_AFTER_TROUBLE_MS);
  if (node === 'failed') return rest(stalled('NotLoaded', why), now + LOOK_AGAIN_MS);
  if (node === 'loading') return rest(LOADING, now + LOOK_AGAIN_MS);
  // Its endpoint is about to change, and may serve another model then.
  return context.unsettledDependencies.length > 0 ? rest(CONVERGED, now + LOOK_AGAIN_MS) : null;
}

const LOADING: Condition = {
  type: 'Progressing',
  status: 'True',
  reason: 'Loading',
  message: 'a data-plane node is loading its versions',
};

function toStray({ version, of, serves }: NonNullable<ReleaseFacts['stray']>): Condition {
  const message = `${toShort(version)} is a version of the model ${of}, and the endpoint serves ${serves} by now: release a version of ${serves}, or give the endpoint the model ${of} again`;
  return stalled('VersionOfAnotherModel', message);
}

function toLost(version: string): Condition {
  const message = `${toShort(version)} is no longer whole in the artifact store of this zone, so that no node can load it again: restore it from a backup, or release another version`;
  return stalled('VersionLost', message);
}

function toShort(version: string): string {
  return toShortDigest(version);
}

function stalled(reason: string, message: string): Condition {
  return { type: 'Stalled', status: 'True', reason, message };
}

function rest(condition: Condition, until: Instant): PlannerResult {
  const waiting = [{ on: 'what serves it', until }];
  return { effects: [], waiting, conditions: [condition] };
}
