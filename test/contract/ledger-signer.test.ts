import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { createMemoryLedgerSigner } from '../../reconciler/adapters/ledger-signer/memory/ledger-signer.ts';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import {
  createSshKey,
  loadSshLedgerSigner,
} from '../../reconciler/adapters/ledger-signer/ssh/ledger-signer.ts';
import { createSshSignatureVerifier } from '../../reconciler/adapters/ledger-signer/ssh/signature-verifier.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { describeLedgerSigner } from './ledger-signer.contract.ts';

const folder = await mkdtemp(join(tmpdir(), 'plumbline-keys-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
let keys = 0;

describeLedgerSigner({
  name: 'ssh',
  async createSigner(label, namespace) {
    keys += 1;
    const path = join(folder, `${createHash('md5').update(label).digest('hex')}-${keys}`);
    await createSshKey(createSeededRandomness(label), { path, comment: 'ledger' });
    return loadSshLedgerSigner(path, namespace);
  },
  createVerifier: createSshSignatureVerifier,
});

describeLedgerSigner({
  name: 'memory',
  createSigner: async (label, namespace) =>
    createMemoryLedgerSigner({ seed: label, ...(namespace === undefined ? {} : { namespace }) }),
  createVerifier: createMemorySignatureVerifier,
});
