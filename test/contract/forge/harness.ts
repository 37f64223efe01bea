import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createLocalForge } from '../../../reconciler/adapters/forge/local/forge.ts';
import type { CreateVerifier } from '../../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemoryLedgerSigner } from '../../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import { MAIN_BRANCH, type Oid, type RefName } from '../../../reconciler/core/contracts/git.ts';
import { APPROVAL_NAMESPACE } from '../../../reconciler/core/forge/approval-payload.ts';
import type { Forge, ForgeActor, PullLog } from '../../../reconciler/ports/forge.ts';
import type { GitMerger, GitReader, GitWriter } from '../../../reconciler/ports/git.ts';

export const PEOPLE = ['you', 'reviewer', 'plumbline', 'stranger'] as const;
export type Person = (typeof PEOPLE)[number];
export type FullGit = GitReader & GitWriter & GitMerger;

const NOW = Date.parse('2026-06-01T12:00:00Z');
const LIMITS = { maxEntries: 10_000, maxPathBytes: 1_024 };

export const ACTORS = Object.fromEntries(
  PEOPLE.map((name) => [
    name,
    {
      signer: createMemoryLedgerSigner({ seed: name }),
      approver: createMemoryLedgerSigner({ seed: name, namespace: APPROVAL_NAMESPACE }),
    },
  ]),
) as unknown as Readonly<Record<Person, ForgeActor>>;

/** Everybody but the stranger; the machine may not approve. */
export const ALLOWED_SIGNERS = [
  toLine('you', `git,${APPROVAL_NAMESPACE}`),
  toLine('reviewer', `git,${APPROVAL_NAMESPACE}`),
  toLine('plumbline', 'git'),
  '',
].join('\n');

export function toLine(person: Person, namespaces: string, options = ''): string {
  const { publicKey } = ACTORS[person].signer;
  return `${person}@localhost namespaces="${namespaces}"${options} ${publicKey}`;
}

export type Files = Readonly<Record<string, string | null>>;

export type ForgeHarness = {
  readonly forge: Forge;
  readonly git: FullGit;
  readonly log: PullLog;
  readonly clock: { readonly now: () => number; readonly advance: (ms: number) => Promise<void> };
  /** A commit on a branch, which begins at main when it is new. */
  readonly push: (branch: string, files: Files, by?: Person) => Promise<Oid>;
  readonly readMain: () => Promise<Oid>;
  readonly readFiles: (commit: Oid) => Promise<Readonly<Record<string, string>>>;
  readonly close: () => Promise<void>;
};

export type ForgeSubject = {
  readonly name: string;
  readonly createVerifier: CreateVerifier;
  readonly createGit: () => Promise<{
    readonly git: FullGit;
    readonly close: () => Promise<void>;
  }>;
  readonly createLog: (git: FullGit) => PullLog;
};

/** A repository whose main holds two files and the allowed signers. */
export async function createForgeHarness(subject: ForgeSubject): Promise<ForgeHarness> {
  const { createVerifier } = subject;
  const { git, close } = await subject.createGit();
  const clock = createSimulatedClock({ startAt: NOW });
  const log = subject.createLog(git);
  const allowedSignersPath = 'allowed_signers';
  const forge = createLocalForge({ git, log, clock, createVerifier, allowedSignersPath });
  const readMain = async () => (await git.readRef(MAIN_BRANCH)) as Oid;
  const push = async (branch: string, files: Files, by: Person = 'you'): Promise<Oid> => {
    const name: RefName = `refs/heads/${branch}`;
    if (name !== MAIN_BRANCH && (await git.readRef(name)) === null) {
      await git.moveRef({ name, expected: null, next: await readMain() });
    }
    const [oid] = await git.append({
      branch: name,
      expectedTip: await git.readRef(name),
      drafts: [
        {
          message: `Change ${Object.keys(files).join(', ')}\n`,
          author: { name: by, email: `${by}@localhost` },
          epochSeconds: 1_700_000_000,
          changes: Object.entries(files).map(([path, text]) => ({
            path,
            content: text === null ? null : Buffer.from(text),
          })),
        },
      ],
      signer: ACTORS[by].signer,
    });
    return oid as Oid;
  };
  await push('main', { allowed_signers: ALLOWED_SIGNERS, 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n' });
  return {
    forge,
    git,
    log,
    clock: { now: clock.now, advance: (ms) => clock.advance(ms) },
    push,
    readMain,
    readFiles: (commit) => readFiles(git, commit),
    close,
  };
}

async function readFiles(git: FullGit, commit: Oid): Promise<Readonly<Record<string, string>>> {
  const entries = await git.listTree(commit, LIMITS);
  const blobs = await git.readBlobs(
    entries.map(({ oid }) => oid),
    1024 * 1024,
  );
  return Object.fromEntries(
    entries.map(({ path, oid }) => [path, Buffer.from(blobs.get(oid) ?? []).toString()]),
  );
}
