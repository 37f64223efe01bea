import type { Migration } from '../../../ports/database.ts';

/** A removed definition keeps its row, without a form: it remembers which effect removed it. */
const definitions: Migration = {
  number: 1,
  name: 'definitions',
  sql: `
    CREATE TABLE definition (
      ref_key text PRIMARY KEY,
      v integer NOT NULL,
      form json,
      last_effect_id text NOT NULL
    );
    CREATE TABLE definition_fence (
      epoch bigint NOT NULL,
      only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row)
    );
    INSERT INTO definition_fence (epoch) VALUES (0);
  `,
};

/** Add to the end; what has shipped is never edited. */
export const DEFINITIONS_MIGRATIONS: readonly Migration[] = [definitions];
