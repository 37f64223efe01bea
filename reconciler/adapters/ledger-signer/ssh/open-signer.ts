import { access, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LedgerSigner } from '../../../ports/ledger-signer.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { createSshKey, loadSshLedgerSigner } from './ledger-signer.ts';

/** The signer of an identity of this installation, whose key is made when there is none yet. */
export async function openSshLedgerSigner(
  randomness: Randomness,
  input: { readonly path: string; readonly comment: string },
): Promise<LedgerSigner> {
  const { path } = input;
  if (!(await exists(path))) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await createSshKey(randomness, input);
  }
  return loadSshLedgerSigner(path);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
