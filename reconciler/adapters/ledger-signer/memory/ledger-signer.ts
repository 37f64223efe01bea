import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { toEd25519Blob, toPublicKeyLine } from '../../../core/audit/ssh-public-key.ts';
import { GIT_NAMESPACE, signWithEd25519 } from '../../../core/audit/ssh-signature.ts';
import type { LedgerSigner } from '../../../ports/ledger-signer.ts';

const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_BYTES = 32;

/** A real key that follows from a text, so that a simulation signs the same way every time. */
export function createMemoryLedgerSigner(options: {
  readonly seed: string;
  readonly namespace?: string;
}): LedgerSigner {
  const seed = createHash('sha256').update(options.seed).digest();
  const der = Buffer.concat([ED25519_PKCS8, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = toEd25519Blob(spki.subarray(-ED25519_BYTES));
  return {
    publicKey: toPublicKeyLine(publicKey),
    sign: async (payload) =>
      signWithEd25519({
        payload,
        namespace: options.namespace ?? GIT_NAMESPACE,
        publicKey,
        hash: (name, bytes) => createHash(name).update(bytes).digest(),
        sign: (data) => sign(null, data, privateKey),
      }),
  };
}
