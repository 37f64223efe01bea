import { createFileParsedFiles } from '../../../reconciler/adapters/parsed-files/file/parsed-files.ts';
import type { Oid } from '../../../reconciler/core/contracts/git.ts';
import { hashObject } from '../../../reconciler/core/contracts/git-object.ts';
import { createRevisionReader } from '../../../reconciler/engine/revision-reader.ts';
import type { GitReader, TreeEntry } from '../../../reconciler/ports/git.ts';
import type { RepoFile } from './make-repo.ts';

/** The reader of revisions on files in memory. */
export function toReader(kept: string | null) {
  const reader = createRevisionReader(
    kept === null ? {} : { parsedFiles: createFileParsedFiles(kept) },
  );
  let commits = 0;
  const read = async (files: readonly NamedFile[]): Promise<number> => {
    commits += 1;
    const commit = String(commits).padStart(40, '0');
    return (await reader.read(toGit(files), commit)).valid.length;
  };
  return { read };
}

export type NamedFile = RepoFile & { readonly oid: Oid };

/** As Git has named them before anybody reads them, so that it is not timed. */
export function nameFiles(files: readonly RepoFile[]): readonly NamedFile[] {
  return files.map((file) => ({ ...file, oid: hashObject('blob', file.bytes) }));
}

function toGit(files: readonly NamedFile[]): GitReader {
  const entries: readonly TreeEntry[] = files.map((file) => ({
    path: file.path,
    type: 'file',
    oid: file.oid,
    sizeBytes: file.bytes.length,
  }));
  const byOid = new Map(files.map((file) => [file.oid, file.bytes]));
  const git: Pick<GitReader, 'listTree' | 'readBlobs'> = {
    listTree: async () => entries,
    readBlobs: async (oids) =>
      new Map(oids.flatMap((oid) => (byOid.has(oid) ? [[oid, byOid.get(oid) as Uint8Array]] : []))),
  };
  return git as GitReader;
}

/** The last file says something else; all others are the very same. */
export function changeOneFile(files: readonly NamedFile[]): readonly NamedFile[] {
  const last = files.at(-1) as NamedFile;
  const text = new TextDecoder().decode(last.bytes).replace('as its owners', 'as others');
  const changed = { path: last.path, bytes: new TextEncoder().encode(text) };
  return [...files.slice(0, -1), ...nameFiles([changed])];
}
