import type { Migration } from '../../../../ports/database.ts';

/**
 * One row for ever. The epoch is the primary key on purpose: changing a key waits for writers
 * that hold the row by FOR KEY SHARE, while extending `expires_at` does not. So a new leader
 * waits until the old one's last transaction has ended, and the leader's own renewals never
 * queue behind its own writes.
 */
export const lease: Migration = {
  number: 1,
  name: 'lease',
  sql: `
    CREATE TABLE leader (
      epoch bigint PRIMARY KEY,
      holder text NOT NULL,
      expires_at timestamptz NOT NULL,
      only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row)
    );
    INSERT INTO leader (epoch, holder, expires_at) VALUES (0, '', '-infinity');
  `,
};
