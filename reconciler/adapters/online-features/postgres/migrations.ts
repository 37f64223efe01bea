import type { Migration } from '../../../ports/database.ts';

/**
 * `definition` is kept in the store, because rows are read long after the definition may have
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

/**
 * A definition outlives its rows: a version that is released again has them made anew. What was
 * made before is older than all that has a sequence.
 */
const definitionsAndSequence: Migration = {
  number: 2,
  name: 'definitions apart from rows, and the sequence of who makes them',
  sql: `
    CREATE SEQUENCE online_sequence AS bigint;
    ALTER TABLE online_state ADD COLUMN sequence bigint NOT NULL DEFAULT 0;
    CREATE TABLE online_definition (
      definition_digest text PRIMARY KEY,
      view text NOT NULL,
      definition json NOT NULL
    );
    CREATE INDEX online_definition_view ON online_definition (view);
    INSERT INTO online_definition
      SELECT definition_digest, view, definition FROM online_state;
    ALTER TABLE online_state DROP COLUMN definition;
  `,
};

/** Add to the end; what has shipped is never edited. */
export const ONLINE_FEATURES_MIGRATIONS: readonly Migration[] = [
  onlineFeatures,
  definitionsAndSequence,
];
