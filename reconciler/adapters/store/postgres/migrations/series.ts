import type { Migration } from '../../../../ports/database.ts';
import { lease } from './0001-lease.ts';
import { admissions } from './0002-admissions.ts';
import { journal } from './0003-journal.ts';
import { outbox } from './0004-outbox.ts';
import { admissionRules } from './0005-admission-rules.ts';
import { failures } from './0006-failures.ts';
import { approvals } from './0007-approvals.ts';

/** Add to the end; what has shipped is never edited. */
export const STORE_MIGRATIONS: readonly Migration[] = [
  lease,
  admissions,
  journal,
  outbox,
  admissionRules,
  failures,
  approvals,
];
