/**
 * A process that dies in the middle of an append: `append-crash-child.ts <path> <calls>`. It adds
 * one commit, then kills itself before the given call to the file system of the second append.
 * When the append needs fewer calls, it prints `survived`.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { pid } from 'node:process';

const [repositoryPath = '', calls = ''] = process.argv.slice(2);
const CHANGING = ['mkdir', 'open', 'rename', 'link', 'rm'] as const;
let left = Number.POSITIVE_INFINITY;

// Before the adapter is loaded: it then finds these functions instead of Node's.
for (const name of CHANGING) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  const counted = (...args: unknown[]): unknown => {
    left -= 1;
    if (left <= 0) process.kill(pid, 'SIGKILL');
    return original(...args);
  };
  Object.assign(fs, { [name]: counted });
}
syncBuiltinESMExports();

const { createNativeGit } = await import('../../reconciler/adapters/git/native/git.ts');
const { createMemoryLedgerSigner } = await import(
  '../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts'
);
const { createSystemProcessIdentity } = await import(
  '../../reconciler/adapters/process-identity/system/process-identity.ts'
);

const git = createNativeGit({ repositoryPath, processIdentity: createSystemProcessIdentity() });
const append = (expectedTip: string | null) =>
  git.append({
    branch: 'refs/heads/plumbline/audit/ae',
    expectedTip,
    signer: createMemoryLedgerSigner({ seed: 'crash' }),
    drafts: [
      {
        message: `After ${expectedTip}\n`,
        author: { name: 'Plumbline', email: 'plumbline@localhost' },
        epochSeconds: 1,
        changes: [{ path: 'record.json', content: Buffer.from(`${expectedTip}`) }],
      },
    ],
  });

const [first = null] = await append(null);
left = Number(calls);
await append(first);
left = Number.POSITIVE_INFINITY;
process.stdout.write('survived\n');
await git.close();
