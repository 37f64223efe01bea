import type { Migration } from '../../../ports/database.ts';

/**
 * `definition` is kept beside the state, because rows are read long after the definition may have
 * left the platform repo: a model keeps the one that it was trained on.
 */
const onlineFeatures: Migration = {
  number: 1,
  name: 'online features',
  sql: `
    CREATE TABLE online_feature (
      definition_digest text NOT NULL,
      entity_key text NOT NULL,
      "values" double precision[] NOT NULL,
      event_time timestamptz NOT NULL,
      as_of timestamptz NOT NULL,
      PRIMARY KEY (definition_digest, entity_key)
    );
    CREATE TABLE online_state (
      definition_digest text PRIMARY KEY,
      view text NOT NULL,
      definition json NOT NULL,
      snapshot_digest text NOT NULL,
      as_of timestamptz NOT NULL,
      rows bigint NOT NULL
    );
    CREATE INDEX online_state_view ON online_state (view);
  `,
};

/** Add to the end; what has shipped is never edited. */
export const ONLINE_FEATURES_MIGRATIONS: readonly Migration[] = [onlineFeatures];
