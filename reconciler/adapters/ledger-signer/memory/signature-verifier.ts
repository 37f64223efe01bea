import { createHash, createPublicKey, verify } from 'node:crypto';
import { parseAllowedSigners } from '../../../core/audit/allowed-signers.ts';
import { judgeSignature, type SshArithmetic } from '../../../core/audit/judge-signature.ts';
import { GIT_NAMESPACE } from '../../../core/audit/ssh-signature.ts';
import type { SignatureVerifier } from '../../../ports/ledger-signer.ts';

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** Knows the keys of the memory signer, Ed25519, and refuses all others. */
export function createMemorySignatureVerifier(options: {
  readonly allowedSigners: string;
  readonly namespace?: string;
  readonly principal?: string;
}): SignatureVerifier {
  const rules = {
    signers: parseAllowedSigners(options.allowedSigners).signers,
    namespace: options.namespace ?? GIT_NAMESPACE,
    principal: options.principal ?? null,
  };
  return {
    verify: (payload, armor, at) =>
      judgeSignature(rules, ED25519_ARITHMETIC, { payload, armor, at: at ?? null }),
  };
}

const ED25519_ARITHMETIC: SshArithmetic = {
  hash: (name, bytes) => createHash(name).update(bytes).digest(),
  isValid(key, signature, data) {
    if (key.kind !== 'ed25519') return false;
    const spki = Buffer.concat([ED25519_SPKI, key.key]);
    const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return verify(null, data, publicKey, signature.value);
  },
};
