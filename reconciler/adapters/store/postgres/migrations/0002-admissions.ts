import type { Migration } from '../../../../ports/database.ts';

/**
 * Headers are kept for ever. Of the desired resources only the latest state is kept, a row each,
 * so that an admission writes what it changes and not ten thousand rows. JSON is stored as text
 * that the server checks (json, not jsonb), so that it comes back as it went in.
 */
export const admissions: Migration = {
  number: 2,
  name: 'admissions',
  sql: `
    CREATE TABLE admission (
      sequence bigint PRIMARY KEY CHECK (sequence > 0),
      v integer NOT NULL,
      epoch bigint NOT NULL,
      revision text NOT NULL,
      plan_digest text NOT NULL,
      policy_digest text NOT NULL,
      held_back json NOT NULL,
      effects json NOT NULL,
      refusals json NOT NULL,
      admitted_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE TABLE desired (
      ref_key text PRIMARY KEY,
      v integer NOT NULL,
      digest text NOT NULL,
      form json NOT NULL,
      admission bigint NOT NULL REFERENCES admission (sequence)
    );
  `,
};
