import { toRefTitle } from '../contracts/ref.ts';
import type { SealedRecord } from './record.ts';

const VERBS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  create: { succeeded: 'Create', failed: 'Fail to create', abandoned: 'Give up creating' },
  update: { succeeded: 'Update', failed: 'Fail to update', abandoned: 'Give up updating' },
  refresh: { succeeded: 'Refresh', failed: 'Fail to refresh', abandoned: 'Give up refreshing' },
  train: { succeeded: 'Train', failed: 'Fail to train', abandoned: 'Give up training' },
  publish: { succeeded: 'Publish', failed: 'Fail to publish', abandoned: 'Give up publishing' },
  shift: { succeeded: 'Shift', failed: 'Fail to shift', abandoned: 'Give up shifting' },
  promote: { succeeded: 'Promote', failed: 'Fail to promote', abandoned: 'Give up promoting' },
  rollback: {
    succeeded: 'Roll back',
    failed: 'Fail to roll back',
    abandoned: 'Give up rolling back',
  },
  resume: { succeeded: 'Resume', failed: 'Fail to resume', abandoned: 'Give up resuming' },
  alarm: { succeeded: 'Alarm of', failed: 'Fail to tell of', abandoned: 'Give up telling of' },
  retrain: { succeeded: 'Retrain', failed: 'Fail to retrain', abandoned: 'Give up retraining' },
  conclude: {
    succeeded: 'Conclude the retraining of',
    failed: 'Fail to conclude the retraining of',
    abandoned: 'Give up concluding the retraining of',
  },
  retire: { succeeded: 'Retire', failed: 'Fail to retire', abandoned: 'Give up retiring' },
  orphan: { succeeded: 'Orphan', failed: 'Fail to orphan', abandoned: 'Give up orphaning' },
  delete: { succeeded: 'Delete', failed: 'Fail to delete', abandoned: 'Give up deleting' },
};

/** One sentence for people, then the trailers that machines read. A frozen shape. */
export function formatCommitMessage(sealed: SealedRecord, reason: string): string {
  const { record, digest } = sealed;
  const verb = VERBS[record.action]?.[record.outcome] ?? `${record.action} ${record.outcome}`;
  return [
    `${verb} ${toRefTitle(record.ref)}: ${toOneLine(reason)}`,
    '',
    `Plumbline-Seq: ${record.seq}`,
    `Plumbline-Effect: ${record.effectId}`,
    `Plumbline-Record: ${digest}`,
    `Plumbline-Cause: ${record.cause.revision}`,
    '',
  ].join('\n');
}

/** Repo text can reach a reason; a line break in it could forge a trailer. */
function toOneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
