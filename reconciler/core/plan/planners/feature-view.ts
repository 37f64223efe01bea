import type { Instant } from '../../contracts/instant.ts';
import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { type ConvergenceWords, planConvergence } from '../plan-convergence.ts';
import type { Planner, PlannerInput, PlannerResult } from '../planner.ts';

export type FeatureViewFacts = {
  /** What its rows should be made from, and what they were made from: digests, or none. */
  readonly wanted: string;
  readonly made: string;
  /** Why its rows have to stay even when it leaves Git; empty when they may go. */
  readonly needed: string;
  /** Why a served version does not get what it looks up, or not the newest; empty when all do. */
  readonly lacking: string;
};

/**
 * Which versions are served is an effect of other resources, which nobody tells this one of: one
 * that is released again waits for its rows.
 */
const LOOK_AGAIN_MS = 5_000;

/**
 * Rows by key in the zone's store, made again when what they come from is not as it was. A view
 * that left Git goes on as it was for as long as a served version looks its features up in it.
 */
export const planFeatureView: Planner = (input) => {
  const { needed = '' } = input.facts as Partial<FeatureViewFacts>;
  const kept = input.desired === null ? (input.recorded.achieved?.live ?? null) : null;
  if (kept === null || needed === '') return planConvergence(input, WORDS);
  const result = planConvergence({ ...input, desired: kept }, WORDS);
  const isBusy = result.effects.length > 0 || input.observed.state === 'unknown';
  return isBusy ? result : toStillServed(input, result, needed);
};

const MADE: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'Converged',
  message: 'live equals desired',
};

const WORDS: ConvergenceWords = {
  describe: ({ before, after }) => {
    const { features, entity, online } = toTypedSpec(after, 'FeatureView');
    const what = `${features.length} features of each ${entity}`;
    if (!online) return before === null ? `defines ${what}` : 'its definition changes';
    return before === null ? `makes ${what} ready to look up` : `makes ${what} anew`;
  },
  removal: () => ({ action: 'delete', reason: 'left Git: its rows by key are removed' }),
  refresh: ({ facts }) => {
    const { wanted, made } = facts as Partial<FeatureViewFacts>;
    if (wanted === made) return null;
    return 'its source has changed, or what is served of it: its rows are made anew';
  },
  settle: ({ desired, facts, now }) => {
    const { lacking = '' } = facts as Partial<FeatureViewFacts>;
    if (desired === null) return null;
    if (lacking !== '') return toStalled('ServedFeaturesLacking', lacking, now);
    return { effects: [], waiting: lookAgain(now), conditions: [MADE] };
  },
};

function toStillServed({ now }: PlannerInput, kept: PlannerResult, needed: string): PlannerResult {
  // What keeps its rows from being fresh is said too: what is served grows old.
  const trouble = kept.conditions.filter(({ type }) => type === 'Stalled');
  const why = [needed, ...trouble.map(({ message }) => message)].join('; ');
  return toStalled(
    'StillServed',
    `left Git, and goes once another version is released: ${why}`,
    now,
  );
}

function toStalled(reason: string, message: string, now: Instant): PlannerResult {
  const condition: Condition = { type: 'Stalled', status: 'True', reason, message };
  return { effects: [], waiting: lookAgain(now), conditions: [condition] };
}

function lookAgain(now: Instant): PlannerResult['waiting'] {
  return [{ on: 'another release', until: now + LOOK_AGAIN_MS }];
}
