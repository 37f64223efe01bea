import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner, PlannerInput, PlannerResult } from '../planner.ts';
import { toRetirement } from './removal-words.ts';

export type DataSourceFacts = {
  /** Whether the file is the one that the accepted snapshot was made from. */
  readonly input: 'same' | 'changed' | 'missing';
  /** Why, when it is missing: it names the connection and the path. */
  readonly why: string;
};

/** A file becomes a snapshot; a file that changed becomes the next one, and retrains nothing. */
export const planDataSource: Planner = (input) =>
  planConvergence(input, {
    describe: ({ before, after }) => {
      const { connection, path } = toTypedSpec(after, 'DataSource');
      return before === null
        ? `accepts ${path} of ${connection} as its first snapshot`
        : `checks ${path} of ${connection} by its new definition`;
    },
    removal: toRetirement('its snapshots stay'),
    refresh: ({ facts }) =>
      (facts as Partial<DataSourceFacts>).input === 'changed'
        ? 'its file has changed: a new snapshot is accepted'
        : null,
    settle,
  });

/** What was accepted stays so, and whatever stands on it goes on; but nothing new can come. */
function settle({ desired, facts }: PlannerInput): PlannerResult | null {
  const { input, why = '' } = facts as Partial<DataSourceFacts>;
  if (desired === null || input !== 'missing') return null;
  const condition: Condition = {
    type: 'Ready',
    status: 'True',
    reason: 'InputMissing',
    message: `the accepted snapshot stays in force, but ${why}`,
  };
  return { effects: [], waiting: [], conditions: [condition] };
}
