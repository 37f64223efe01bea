import type { Diagnostic } from './diagnostic.ts';
import type { RevisionFile } from './judge-revision.ts';
import { LIMITS } from './limits.ts';
import { refuseFile } from './parse-file.ts';

export type SourceEntry = {
  readonly path: string;
  readonly type: 'file' | 'symlink' | 'submodule';
  readonly sizeBytes: number;
};

export type Selection<E extends SourceEntry> = {
  /** What is to be read and parsed. */
  readonly wanted: readonly E[];
  /** What is refused unread, in the form of a parsed file. */
  readonly refused: readonly RevisionFile[];
  /** Why the revision is refused as a whole; then `wanted` is empty. */
  readonly refusals: readonly Diagnostic[];
};

/** Which entries of a commit's tree the language reads: YAML files, and nothing else. */
export function selectEntries<E extends SourceEntry>(entries: readonly E[]): Selection<E> {
  const named = entries.filter(({ path }) => /\.ya?ml$/i.test(path));
  const surplus = findSurplus(named);
  if (surplus !== null) return { wanted: [], refused: [], refusals: [surplus] };
  const wanted: E[] = [];
  const refused: RevisionFile[] = [];
  for (const entry of named) {
    const parsed = refuse(entry);
    if (parsed === null) wanted.push(entry);
    else refused.push({ path: entry.path, parsed });
  }
  return { wanted, refused, refusals: [] };
}

function findSurplus(entries: readonly SourceEntry[]): Diagnostic | null {
  let bytes = 0;
  for (const [index, { path, sizeBytes }] of entries.entries()) {
    // A file too large to be read is refused by itself, and costs nothing.
    bytes += sizeBytes > LIMITS.foreignFileBytes ? 0 : sizeBytes;
    const what =
      index >= LIMITS.yamlFiles
        ? `${LIMITS.yamlFiles} YAML files`
        : bytes > LIMITS.yamlBytes
          ? `${LIMITS.yamlBytes} bytes of YAML`
          : null;
    if (what === null) continue;
    const message = `the repo has more than ${what}`;
    const hint = 'nothing of this revision is followed until there are fewer';
    const location = { path, line: 1, column: 1 };
    return { code: 'P105', severity: 'error', message, location, hint };
  }
  return null;
}

function refuse({ type, sizeBytes }: SourceEntry): RevisionFile['parsed'] | null {
  if (type !== 'file') {
    const message = `a ${type === 'symlink' ? 'symbolic link' : 'submodule'} is not followed`;
    const hint = 'put a file in its place, or give it a name without the ending of YAML';
    return refuseFile({ code: 'P107', severity: 'error', message, hint, position: [1, 1] });
  }
  if (sizeBytes <= LIMITS.foreignFileBytes) return null;
  const message = `the file has ${sizeBytes} bytes, more than ${LIMITS.foreignFileBytes}`;
  const hint = 'split it, or give it a name without the ending of YAML if it is not for Plumbline';
  return refuseFile({ code: 'P104', severity: 'error', message, hint, position: [1, 1] });
}
