import { createMemoryLedgerSigner } from '../../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import type { Oid, RefName } from '../../../reconciler/core/contracts/git.ts';
import { formatCommit } from '../../../reconciler/core/contracts/git-commit.ts';
import type { GitObjectType } from '../../../reconciler/core/contracts/git-object.ts';
import type {
  CommitDraft,
  GitMerger,
  GitReader,
  GitWriter,
} from '../../../reconciler/ports/git.ts';

export type GitHarness = {
  readonly git: GitReader & GitWriter & GitMerger;
  /** Any object as somebody might push it, malformed ones too. */
  readonly writeObject: (type: GitObjectType, body: Uint8Array) => Promise<Oid>;
  readonly setRef: (name: RefName, oid: Oid) => Promise<void>;
  readonly close: () => Promise<void>;
};

export type GitSubject = { readonly name: string; readonly create: () => Promise<GitHarness> };

export const BRANCH: RefName = 'refs/heads/plumbline/audit/ae';
export const MISSING: Oid = '1234567890123456789012345678901234567890';
export const LIMITS = { maxEntries: 10_000, maxPathBytes: 1_024 };
export const SIGNER = createMemoryLedgerSigner({ seed: 'the ledger of ae' });

const AUTHOR = { name: 'Plumbline', email: 'plumbline@localhost' };

export function toDraft(
  files: Readonly<Record<string, string | null>>,
  message = 'Change files\n',
): CommitDraft {
  const changes = Object.entries(files).map(([path, text]) => ({
    path,
    content: text === null ? null : Buffer.from(text),
  }));
  return { message, author: AUTHOR, epochSeconds: 1_700_000_000, changes };
}

export function append(
  { git }: GitHarness,
  expectedTip: Oid | null,
  ...drafts: readonly CommitDraft[]
): Promise<readonly Oid[]> {
  return git.append({ branch: BRANCH, expectedTip, drafts, signer: SIGNER });
}

export async function appendOne(
  harness: GitHarness,
  expectedTip: Oid | null,
  files: Readonly<Record<string, string | null>>,
): Promise<Oid> {
  const oids = await append(harness, expectedTip, toDraft(files));
  return oids[0] as Oid;
}

/** The commit's files as text, by path. */
export async function readText(
  { git }: GitHarness,
  commit: Oid,
): Promise<Readonly<Record<string, string>>> {
  const entries = await git.listTree(commit, LIMITS);
  const blobs = await git.readBlobs(
    entries.map(({ oid }) => oid),
    1024 * 1024,
  );
  return Object.fromEntries(
    entries.map(({ path, oid }) => [path, Buffer.from(blobs.get(oid) ?? []).toString()]),
  );
}

/** One line of a tree object, with any mode and any name. */
function toTreeLine(mode: string, name: string | Uint8Array, oid: Oid): Uint8Array {
  const bytes = typeof name === 'string' ? Buffer.from(name) : name;
  return Buffer.concat([Buffer.from(`${mode} `), bytes, Buffer.of(0), Buffer.from(oid, 'hex')]);
}

export async function writeTree(
  harness: GitHarness,
  lines: readonly (readonly [mode: string, name: string | Uint8Array, oid: Oid])[],
): Promise<Oid> {
  return harness.writeObject('tree', Buffer.concat(lines.map((line) => toTreeLine(...line))));
}

export async function writeCommit(
  harness: GitHarness,
  input: { readonly tree?: Oid; readonly parents?: readonly Oid[]; readonly message?: string } = {},
): Promise<Oid> {
  const { parents = [], message = 'A commit\n' } = input;
  const tree = input.tree ?? (await writeTree(harness, []));
  const fields = { tree, parents, author: AUTHOR, epochSeconds: 1_000_000_000, message };
  return harness.writeObject('commit', formatCommit(fields));
}
