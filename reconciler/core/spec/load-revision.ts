import { judgeRevision, type RevisionJudgement } from './judge-revision.ts';
import { parseFile } from './parse-file.ts';
import { selectEntries } from './select-entries.ts';

/** A revision held in memory, to its judgement: what `plumb validate` does with a folder. */
export function loadRevision(
  files: readonly { readonly path: string; readonly bytes: Uint8Array }[],
): RevisionJudgement {
  const entries = files.map(({ path, bytes }) => ({
    path,
    bytes,
    type: 'file' as const,
    sizeBytes: bytes.length,
  }));
  const { wanted, refused, refusals } = selectEntries(entries);
  const parsed = wanted.map(({ path, bytes }) => ({ path, parsed: parseFile(bytes) }));
  return judgeRevision([...parsed, ...refused], refusals);
}
