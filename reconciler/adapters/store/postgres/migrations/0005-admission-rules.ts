import type { Migration } from '../../../../ports/database.ts';

/**
 * A revision that is judged again is judged by the rules, and within the budget, of its first
 * judgement. Of older rows neither is known, so the strictest is assumed until the next revision.
 */
export const admissionRules: Migration = {
  number: 5,
  name: 'admission-rules',
  sql: `
    ALTER TABLE admission
      ADD COLUMN rules json NOT NULL DEFAULT
        '{ "deletionCapPercent": 0, "policies": ["safety"],
           "requireSignedCommits": false, "allowedSigners": "allowed_signers" }',
      ADD COLUMN removals json NOT NULL DEFAULT
        '{ "refs": [], "liveCount": 0, "allowed": 0 }';
    ALTER TABLE admission
      ALTER COLUMN rules DROP DEFAULT,
      ALTER COLUMN removals DROP DEFAULT;
  `,
};
