import type { Migration } from '../../../ports/database.ts';

/**
 * The one row of `route_head` is locked by each write, so that revisions follow one another. An
 * acknowledgement is of the node, not of the leader, and has no fence.
 */
const routes: Migration = {
  number: 1,
  name: 'routes',
  sql: `
    CREATE TABLE route_head (
      epoch bigint NOT NULL,
      revision bigint NOT NULL,
      only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row)
    );
    INSERT INTO route_head (epoch, revision) VALUES (0, 0);
    CREATE TABLE route (
      endpoint text PRIMARY KEY,
      v integer NOT NULL,
      settings json,
      versions json,
      assignment_key text,
      CHECK ((settings IS NULL) = (assignment_key IS NULL))
    );
    CREATE SEQUENCE route_node_heard;
    CREATE TABLE route_node (
      node text PRIMARY KEY,
      v integer NOT NULL,
      last json NOT NULL,
      past_boots json NOT NULL,
      heard bigint NOT NULL DEFAULT nextval('route_node_heard')
    );
  `,
};

/** Add to the end; what has shipped is never edited. */
export const ROUTES_MIGRATIONS: readonly Migration[] = [routes];
