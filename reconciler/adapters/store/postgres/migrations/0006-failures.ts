import type { Migration } from '../../../../ports/database.ts';

/** How often in a row the last target was not reached: the longer, the rarer it is tried. */
export const failures: Migration = {
  number: 6,
  name: 'failures',
  sql: `
    ALTER TABLE recorded ADD COLUMN failures bigint NOT NULL DEFAULT 0 CHECK (failures >= 0);
  `,
};
