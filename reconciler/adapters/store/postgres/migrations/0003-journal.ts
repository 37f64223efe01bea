import type { Migration } from '../../../../ports/database.ts';

/**
 * An effect's row is born as an open intent and ends with an outcome; it is never removed.
 * `recorded` is the answer to "what do we know of this resource", kept beside it so that the
 * question costs the same after a million effects.
 */
export const journal: Migration = {
  number: 3,
  name: 'journal',
  sql: `
    CREATE TABLE effect (
      effect_id text PRIMARY KEY,
      ref_key text NOT NULL,
      opened bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
      v integer NOT NULL,
      intent json NOT NULL,
      epoch bigint NOT NULL,
      action text NOT NULL,
      target_digest text NOT NULL,
      outcome text CHECK (outcome IN ('succeeded', 'failed', 'abandoned')),
      live json,
      ended_at_ms bigint,
      CHECK ((outcome IS NULL) = (ended_at_ms IS NULL)),
      CHECK (outcome IS NOT NULL OR live IS NULL)
    );
    CREATE INDEX effect_open ON effect (opened) WHERE outcome IS NULL;
    CREATE TABLE recorded (
      ref_key text PRIMARY KEY,
      terminal_effects bigint NOT NULL CHECK (terminal_effects > 0),
      last_effect text NOT NULL REFERENCES effect (effect_id),
      achieved_effect text REFERENCES effect (effect_id)
    );
  `,
};
