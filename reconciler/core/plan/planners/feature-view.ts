import { toTypedSpec } from '../../spec/typed-spec.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';

export type FeatureViewFacts = {
  /** What its rows should be made from, and what they were made from: digests, or none. */
  readonly wanted: string;
  readonly made: string;
};

/** Rows by key in the zone's store, made again when what they come from is not as it was. */
export const planFeatureView: Planner = (input) =>
  planConvergence(input, {
    describe: ({ before, after }) => {
      const { features, entity, online } = toTypedSpec(after, 'FeatureView');
      const what = `${features.length} features of each ${entity}`;
      if (!online) return before === null ? `defines ${what}` : 'its definition changes';
      return before === null ? `makes ${what} ready to look up` : `makes ${what} anew`;
    },
    removal: () => ({ action: 'delete', reason: 'left Git: its rows by key are removed' }),
    refresh: ({ facts }) => {
      const { wanted, made } = facts as Partial<FeatureViewFacts>;
      return wanted === made ? null : 'its source has changed: its rows are made anew';
    },
  });
