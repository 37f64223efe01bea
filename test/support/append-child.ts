/**
 * A process that writes to a branch of a bare repository: `append-child.ts <path> <label> <task>`.
 * `append` adds a commit for each line it reads and answers with its oid; `race` answers the next
 * line with the oids of thirty commits that it added against others; `lock` takes the branch's
 * lock and never gives it back.
 */
import { link } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createNativeGit } from '../../reconciler/adapters/git/native/git.ts';
import { createLockOwners } from '../../reconciler/adapters/git/native/lock-owner.ts';
import { createMemoryLedgerSigner } from '../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { RefName } from '../../reconciler/core/contracts/git.ts';

const [repositoryPath = '', label = '', task = ''] = process.argv.slice(2);
const branch: RefName = 'refs/heads/plumbline/audit/ae';
const processIdentity = createSystemProcessIdentity();
const git = createNativeGit({ repositoryPath, processIdentity });
const signer = createMemoryLedgerSigner({ seed: label });
const author = { name: 'Plumbline', email: 'plumbline@localhost' };
let count = 0;

async function append(): Promise<string | null> {
  const expectedTip = await git.readRef(branch);
  count += 1;
  const text = Buffer.from(`${label} ${count}`);
  const changes = [{ path: `live/${label}/${count % 7}.yaml`, content: text }];
  const drafts = [{ message: `${label} ${count}\n`, author, epochSeconds: count, changes }];
  try {
    return (await git.append({ branch, expectedTip, drafts, signer }))[0] as string;
  } catch (error) {
    if (isCodedError(error, 'P405')) return null;
    throw error;
  }
}

async function race(commits: number): Promise<string> {
  const added: string[] = [];
  while (added.length < commits) {
    const oid = await append();
    if (oid !== null) added.push(oid);
  }
  return added.join(' ');
}

async function takeLock(): Promise<string> {
  const owner = await createLockOwners(repositoryPath, processIdentity).create(branch, '0\n');
  await link(owner, `${join(repositoryPath, branch)}.lock`);
  return owner;
}

process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  const answer =
    task === 'lock' ? await takeLock() : task === 'race' ? await race(30) : await append();
  process.stdout.write(`${answer}\n`);
}
await git.close();
