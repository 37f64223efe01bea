import type { Migration } from '../../../../ports/database.ts';

/** Who approved what was admitted; of older rows it is not known. */
export const approvals: Migration = {
  number: 7,
  name: 'approvals',
  sql: 'ALTER TABLE admission ADD COLUMN approval json;',
};
