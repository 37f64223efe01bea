import type { Migration } from '../../../ports/database.ts';

/**
 * A boot counts its deltas from 1 without gaps: what lies at or below `up_to` needs no row of its
 * own. Each writer locks the one row of `counter_head`, so that sums are read and written by one.
 */
const counters: Migration = {
  number: 1,
  name: 'counters',
  sql: `
    CREATE TABLE counter_head (
      only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row)
    );
    INSERT INTO counter_head DEFAULT VALUES;
    CREATE TABLE counter_boot (
      node text NOT NULL,
      boot text NOT NULL,
      up_to bigint NOT NULL,
      PRIMARY KEY (node, boot)
    );
    CREATE TABLE counter_taken (
      node text NOT NULL,
      boot text NOT NULL,
      sequence bigint NOT NULL,
      PRIMARY KEY (node, boot, sequence)
    );
    CREATE TABLE counter_shape (
      version text PRIMARY KEY,
      shape text NOT NULL
    );
    CREATE TABLE counter_total (
      endpoint text NOT NULL,
      version text NOT NULL,
      route_revision bigint NOT NULL,
      v integer NOT NULL,
      entry json NOT NULL,
      PRIMARY KEY (endpoint, version, route_revision)
    );
  `,
};

/** Add to the end; what has shipped is never edited. */
export const COUNTERS_MIGRATIONS: readonly Migration[] = [counters];
