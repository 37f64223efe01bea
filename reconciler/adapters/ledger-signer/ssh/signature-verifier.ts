import { parseAllowedSigners } from '../../../core/audit/allowed-signers.ts';
import { judgeSignature } from '../../../core/audit/judge-signature.ts';
import { GIT_NAMESPACE } from '../../../core/audit/ssh-signature.ts';
import type { SignatureVerifier } from '../../../ports/ledger-signer.ts';
import { createNativeArithmetic } from './arithmetic.ts';

/** Judges by the text of an allowed-signers file, as `ssh-keygen` reads it. */
export function createSshSignatureVerifier(options: {
  readonly allowedSigners: string;
  /** What the signatures are for; commits by default. */
  readonly namespace?: string;
  /** Who must have signed, such as the writer of one zone's ledger; anyone allowed by default. */
  readonly principal?: string;
}): SignatureVerifier {
  const rules = {
    signers: parseAllowedSigners(options.allowedSigners).signers,
    namespace: options.namespace ?? GIT_NAMESPACE,
    principal: options.principal ?? null,
  };
  const arithmetic = createNativeArithmetic();
  return {
    verify: (payload, armor, at) =>
      judgeSignature(rules, arithmetic, { payload, armor, at: at ?? null }),
  };
}
