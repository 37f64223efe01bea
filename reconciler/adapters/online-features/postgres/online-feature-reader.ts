import type { Database } from '../../../ports/database.ts';
import type {
  OnlineFeatureReader,
  OnlineFeatures,
  OnlineLookup,
} from '../../../ports/online-features.ts';
import { ONLINE_FEATURES_MIGRATIONS } from './migrations.ts';
import { listStates, readDefinition, readState } from './states.ts';

type StoredRow = {
  readonly values: readonly (number | null)[] | null;
  readonly eventTime: number;
  readonly isMade: boolean;
};

/** One key or a hundred: the statement is the same, and so is its plan. */
const READ = `
  SELECT stored."values", floor(extract(epoch FROM stored.event_time) * 1000)::bigint AS "eventTime",
    state.definition_digest IS NOT NULL AS "isMade"
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS asked (digest, entity_key, place)
  LEFT JOIN online_state AS state ON state.definition_digest = asked.digest
  LEFT JOIN online_feature AS stored
    ON stored.definition_digest = asked.digest AND stored.entity_key = asked.entity_key
  ORDER BY asked.place`;

/**
 * For whoever reads and never computes, a data-plane node first of all. It may be there before the
 * first row was ever made, so the tables are made sure of with the first question.
 */
export function createPostgresOnlineFeatureReader(deps: {
  readonly database: Database;
}): OnlineFeatureReader & Pick<OnlineFeatures, 'readState' | 'listStates'> {
  const { database } = deps;
  let ready: Promise<void> | null = null;
  const whenReady = async () => {
    ready ??= database.migrate('online-features', ONLINE_FEATURES_MIGRATIONS);
    try {
      await ready;
    } catch (error) {
      ready = null;
      throw error;
    }
  };
  return {
    async read(keys) {
      if (keys.length === 0) return [];
      await whenReady();
      const rows = await database.queryPrepared<StoredRow>('read online features', READ, [
        keys.map(({ definitionDigest }) => definitionDigest),
        keys.map(({ entityKey }) => entityKey),
      ]);
      return rows.map(toLookup);
    },
    async readDefinition(definitionDigest) {
      await whenReady();
      return readDefinition(database, definitionDigest);
    },
    async readState(definitionDigest) {
      await whenReady();
      return readState(database, definitionDigest);
    },
    async listStates(view) {
      await whenReady();
      return listStates(database, view);
    },
  };
}

function toLookup({ values, eventTime, isMade }: StoredRow): OnlineLookup {
  if (!isMade) return 'not-made';
  return values === null ? null : { values, eventTime };
}
