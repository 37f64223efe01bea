import { toTypedSpec } from '../../spec/typed-spec.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';
import { toRetirement } from './removal-words.ts';

export type DataSourceFacts = {
  /** Whether the file is the one that the accepted snapshot was made from. */
  readonly input: 'same' | 'changed' | 'missing';
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
  });
