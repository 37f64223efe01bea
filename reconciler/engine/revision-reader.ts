import type { Oid } from '../core/contracts/git.ts';
import { judgeRevision, type RevisionJudgement } from '../core/spec/judge-revision.ts';
import { LIMITS } from '../core/spec/limits.ts';
import { parseFile } from '../core/spec/parse-file.ts';
import type { ParsedFile } from '../core/spec/parsed-file.ts';
import { selectEntries } from '../core/spec/select-entries.ts';
import type { GitReader, TreeEntry, TreeLimits } from '../ports/git.ts';
import type { ParsedFiles } from '../ports/parsed-files.ts';

/** More files than any platform repo needs; a tree bomb is refused before it is walked to its end. */
export const REVISION_LIMITS: TreeLimits = { maxEntries: 100_000, maxPathBytes: 1_024 };

/** What a commit of the platform repo says, read from its blobs and judged by the pure core. */
export type RevisionReader = {
  readonly read: (git: GitReader, commit: Oid) => Promise<RevisionJudgement>;
};

/** Zones of one process judge the same tip within seconds of each other; older ones rarely return. */
const KEPT_JUDGEMENTS = 4;

export type RevisionReaderDeps = {
  /** Another one may know more. */
  readonly parse?: (bytes: Uint8Array) => ParsedFile;
  /** What outlives the reader; without it a restart parses everything again. */
  readonly parsedFiles?: ParsedFiles;
};

/** Parses only blobs that are neither in the revision that it read last nor kept from before. */
export function createRevisionReader({
  parse = parseFile,
  parsedFiles: kept,
}: RevisionReaderDeps = {}): RevisionReader {
  const judgements = new Map<Oid, Promise<RevisionJudgement>>();
  /** Null until what is kept has been loaded. */
  let parsedFiles: ReadonlyMap<Oid, ParsedFile> | null = kept === undefined ? new Map() : null;

  const judge = async (git: GitReader, commit: Oid): Promise<RevisionJudgement> => {
    const entries = await git.listTree(commit, REVISION_LIMITS);
    const { wanted, refused, refusals } = selectEntries(entries);
    const before = parsedFiles ?? (await kept?.load()) ?? new Map<Oid, ParsedFile>();
    const known = await parseEntries(git, wanted, before, parse);
    parsedFiles = known;
    if (kept !== undefined) await addFresh(kept, before, known);
    const parsed = wanted.map(({ path, oid }) => ({ path, parsed: known.get(oid) as ParsedFile }));
    return judgeRevision([...parsed, ...refused], refusals);
  };

  const read = (git: GitReader, commit: Oid): Promise<RevisionJudgement> => {
    const kept = judgements.get(commit);
    if (kept !== undefined) return kept;
    const fresh = judge(git, commit);
    judgements.set(commit, fresh);
    fresh.catch(() => judgements.delete(commit));
    for (const old of [...judgements.keys()].slice(0, -KEPT_JUDGEMENTS)) judgements.delete(old);
    return fresh;
  };

  return { read };
}

async function addFresh(
  kept: ParsedFiles,
  before: ReadonlyMap<Oid, ParsedFile>,
  known: ReadonlyMap<Oid, ParsedFile>,
): Promise<void> {
  const fresh = [...known].filter(([oid]) => !before.has(oid));
  if (fresh.length > 0) await kept.add(new Map(fresh));
}

async function parseEntries(
  git: GitReader,
  entries: readonly TreeEntry[],
  known: ReadonlyMap<Oid, ParsedFile>,
  parse: (bytes: Uint8Array) => ParsedFile,
): Promise<ReadonlyMap<Oid, ParsedFile>> {
  const missing = [...new Set(entries.map((entry) => entry.oid))].filter((oid) => !known.has(oid));
  const blobs = await git.readBlobs(missing, LIMITS.foreignFileBytes);
  const parsed = new Map<Oid, ParsedFile>();
  for (const { oid } of entries) {
    const bytes = blobs.get(oid);
    const file = known.get(oid) ?? (bytes === undefined ? undefined : parse(bytes));
    if (file === undefined) throw new Error(`blob ${oid} was asked for and not given`);
    if (!parsed.has(oid)) parsed.set(oid, file);
  }
  return parsed;
}
