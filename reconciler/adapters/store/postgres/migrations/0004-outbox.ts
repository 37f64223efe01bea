import type { Migration } from '../../../../ports/database.ts';

/**
 * The records in their order. `tail` is the one row that an appender locks, which is what makes
 * the sequence free of gaps; `ledger_mark` says how far Git has it and is a row of its own, so
 * that the writer of the ledger does not wait for appenders. The summary is JSON because it may
 * quote a failure, and text that comes from outside may hold what a text column refuses (NUL).
 */
export const outbox: Migration = {
  number: 4,
  name: 'outbox',
  sql: `
    CREATE TABLE outbox (
      seq bigint PRIMARY KEY CHECK (seq > 0),
      effect_id text NOT NULL UNIQUE REFERENCES effect (effect_id),
      v integer NOT NULL,
      record text NOT NULL,
      digest text NOT NULL,
      at_ms bigint NOT NULL,
      summary json NOT NULL
    );
    CREATE TABLE tail (
      seq bigint NOT NULL,
      digest text,
      at_ms bigint,
      only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row)
    );
    INSERT INTO tail (seq) VALUES (0);
    CREATE TABLE ledger_mark (
      seq bigint NOT NULL,
      commit_oid text,
      only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row)
    );
    INSERT INTO ledger_mark (seq) VALUES (0);
  `,
};
