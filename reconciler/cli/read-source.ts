import { CodedError } from '../core/contracts/coded-error.ts';
import { isOid, MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import { toResourcePath } from '../core/contracts/ref.ts';
import { judgeRevision, type RevisionJudgement } from '../core/spec/judge-revision.ts';
import { LIMITS } from '../core/spec/limits.ts';
import { parseFile } from '../core/spec/parse-file.ts';
import { selectEntries } from '../core/spec/select-entries.ts';
import { createRevisionReader, type RevisionReader } from '../engine/revision-reader.ts';
import type { GitReader } from '../ports/git.ts';
import type { WorkingFolder } from '../ports/working-folder.ts';

const FOLDER_LIMITS = { maxEntries: 100_000, maxBytesEach: LIMITS.foreignFileBytes };

export type SourceReading = {
  readonly judgement: RevisionJudgement;
  /** The commit, or forty zeros for files that are in none. */
  readonly revision: Oid;
  /** The text of files by path, for excerpts in messages. */
  readonly sources: ReadonlyMap<string, string>;
};

const NO_COMMIT = '0'.repeat(40);

export async function readFolderSource(folder: WorkingFolder): Promise<SourceReading> {
  const isYaml = (path: string) => /\.ya?ml$/i.test(path);
  const entries = (await folder.read(isYaml, FOLDER_LIMITS)).map((entry) => ({
    ...entry,
    sizeBytes: entry.bytes.length,
  }));
  const { wanted, refused, refusals } = selectEntries(entries);
  const parsed = wanted.map(({ path, bytes }) => ({ path, parsed: parseFile(bytes) }));
  const judgement = judgeRevision([...parsed, ...refused], refusals);
  const sources = new Map(wanted.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
  return { judgement, revision: NO_COMMIT, sources };
}

export async function readCommitSource(
  git: GitReader,
  revisions: RevisionReader,
  name: string,
): Promise<SourceReading> {
  const revision = await resolveRevision(git, name);
  const judgement = await revisions.read(git, revision);
  const paths = [...new Set(judgement.diagnostics.map((one) => one.location.path))];
  const files = paths.map((path) => ({ commit: revision, path }));
  const contents = await git.readFiles(files, LIMITS.foreignFileBytes);
  const sources = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const bytes = contents[index] ?? null;
    if (bytes !== null) sources.set(path, new TextDecoder().decode(bytes));
  }
  return { judgement, revision, sources };
}

/** Only `main` and whole oids: a revision is a place in history, not a query language. */
async function resolveRevision(git: GitReader, name: string): Promise<Oid> {
  if (isOid(name)) return name;
  if (name !== 'main') {
    throw new CodedError('P601', `${name} is neither main nor the 40 digits of a commit`);
  }
  const tip = await git.readRef(MAIN_BRANCH);
  if (tip === null) throw new CodedError('P603', 'the platform repo has no main branch yet');
  return tip;
}

/** What the tip of main declares of a kind, also what is invalid there. */
export async function listDeclaredNames(git: GitReader, kind: string): Promise<readonly string[]> {
  const { judgement } = await readCommitSource(git, createRevisionReader(), 'main');
  return [...judgement.valid, ...judgement.heldBack]
    .filter(({ ref }) => ref.kind === kind)
    .map(({ ref }) => toResourcePath(ref))
    .sort();
}

/** The zones that the tip of main declares. */
export async function listDeclaredZones(git: GitReader): Promise<readonly string[]> {
  const { judgement } = await readCommitSource(git, createRevisionReader(), 'main');
  return judgement.zones;
}
