import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isPlainName } from '../../../core/spec/target-form.ts';

/** Where a source's snapshots stand. A name with a dot in front is only ever half-made. */
export type SourceFolder = {
  readonly root: string;
  readonly accepted: string;
  readonly toAside: (name: string) => string;
  readonly toSnapshot: (digest: string) => SnapshotFolder;
};

export type SnapshotFolder = {
  readonly root: string;
  readonly rows: string;
  readonly record: string;
};

export const ROWS_FILE = 'rows.parquet';
const RECORD_FILE = 'snapshot.json';
export const ASIDE_PREFIX = '.aside-';

/** `payments/transactions` stands in `payments.transactions`: names have no dots. Throws P801. */
export function toSourceFolder(snapshotsFolder: string, source: string): SourceFolder {
  const names = source.split('/');
  if (names.length !== 2 || !names.every(isPlainName)) {
    throw new CodedError('P801', `${JSON.stringify(source.slice(0, 200))} is no name of a source`);
  }
  const root = join(snapshotsFolder, names.join('.'));
  return {
    root,
    accepted: join(root, 'accepted.json'),
    toAside: (name) => join(root, `${ASIDE_PREFIX}${name}`),
    toSnapshot(digest) {
      const folder = join(root, digest.replace(/^sha256:/, ''));
      return {
        root: folder,
        rows: join(folder, ROWS_FILE),
        record: join(folder, RECORD_FILE),
      };
    },
  };
}
