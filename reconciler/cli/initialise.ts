import { GIT_NAMESPACE } from '../core/audit/ssh-signature.ts';
import { CodedError } from '../core/contracts/coded-error.ts';
import { MAIN_BRANCH, type Oid } from '../core/contracts/git.ts';
import { APPROVAL_NAMESPACE } from '../core/forge/approval-payload.ts';
import type { Clock } from '../ports/clock.ts';
import type { FileChange, GitReader, GitWriter } from '../ports/git.ts';
import type { InstanceFile } from '../ports/instance-file.ts';
import type { LedgerSigner } from '../ports/ledger-signer.ts';
import type { WorkingFolder } from '../ports/working-folder.ts';

/** The people of a laptop: the one who edits, the one who approves, and the machine itself. */
export const IDENTITIES = ['you', 'reviewer', 'plumbline'] as const;
export type IdentityName = (typeof IDENTITIES)[number];

export type InitialiseDeps = {
  readonly clock: Clock;
  readonly instance: InstanceFile;
  readonly folder: WorkingFolder;
  readonly createRepository: () => Promise<GitReader & GitWriter>;
  /** Makes the identity's key if there is none, and loads it. */
  readonly openIdentity: (name: IdentityName) => Promise<LedgerSigner>;
};

const ALLOWED_SIGNERS = 'allowed_signers';
const FOLDER_LIMITS = { maxEntries: 10_000, maxBytesEach: 256 * 1024 };

/**
 * Makes a platform repo whose first commit holds the files of a folder and the allowed signers.
 * It may be repeated after a crash: keys and repository are kept, and the first commit stays.
 */
export async function initialise(deps: InitialiseDeps): Promise<Oid> {
  const known = await deps.instance.read();
  if (known !== null) return known.genesis;
  const signers = new Map<IdentityName, LedgerSigner>();
  for (const name of IDENTITIES) signers.set(name, await deps.openIdentity(name));
  const git = await deps.createRepository();
  const genesis = (await git.readRef(MAIN_BRANCH)) ?? (await commitFolder(deps, git, signers));
  await deps.instance.write({ version: 1, genesis });
  return genesis;
}

async function commitFolder(
  deps: InitialiseDeps,
  git: GitWriter,
  signers: ReadonlyMap<IdentityName, LedgerSigner>,
): Promise<Oid> {
  const entries = await deps.folder.read(() => true, FOLDER_LIMITS);
  const changes: FileChange[] = entries
    .filter((entry) => entry.type === 'file' && entry.path !== ALLOWED_SIGNERS)
    .map((entry) => ({ path: entry.path, content: entry.bytes }));
  if (changes.length === 0) throw new CodedError('P603', 'the folder to start from is empty');
  const content = new TextEncoder().encode(formatAllowedSigners(signers));
  const [genesis] = await git.append({
    branch: MAIN_BRANCH,
    expectedTip: null,
    drafts: [
      {
        message: 'Describe the platform\n\nThe first commit: it says who may sign what follows.\n',
        author: { name: 'you', email: toPrincipal('you') },
        epochSeconds: Math.floor(deps.clock.now() / 1000),
        changes: [...changes, { path: ALLOWED_SIGNERS, content }],
      },
    ],
    signer: signers.get('you') as LedgerSigner,
  });
  return genesis as Oid;
}

function formatAllowedSigners(signers: ReadonlyMap<IdentityName, LedgerSigner>): string {
  const lines = [...signers].map(
    ([name, { publicKey }]) =>
      `${toPrincipal(name)} namespaces="${listNamespaces(name)}" ${publicKey}`,
  );
  const head = `# Who may sign what: "git" for commits and pull requests, "${APPROVAL_NAMESPACE}" to approve.`;
  return [head, ...lines, ''].join('\n');
}

/** The machine proposes and writes down; it never approves. */
function listNamespaces(name: IdentityName): string {
  return name === 'plumbline' ? GIT_NAMESPACE : `${GIT_NAMESPACE},${APPROVAL_NAMESPACE}`;
}

function toPrincipal(name: IdentityName): string {
  return `${name}@localhost`;
}
