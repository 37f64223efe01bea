import type { Instant } from '../core/contracts/instant.ts';

/**
 * Signs as one identity in one namespace (SSHSIG): commits, in the form that `git verify-commit`
 * accepts, unless the signer was opened for another purpose.
 */
export interface LedgerSigner {
  /** The public key line: `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  /** An armored signature over `payload`, in the namespace `git` for commits. */
  sign(payload: Uint8Array): Promise<string>;
}

export type SignatureVerdict =
  | { readonly state: 'good'; readonly principal: string; readonly publicKey: string }
  | { readonly state: 'bad'; readonly why: string };

/** Judges signatures against an allowed-signers file, offline. */
export interface SignatureVerifier {
  /**
   * Never throws on hostile input: whatever is wrong makes the verdict `bad`. `at` is when the
   * signature was made, from a source that the caller trusts; without it no signer counts whose
   * line has a period of validity.
   */
  verify(payload: Uint8Array, armor: string, at?: Instant): SignatureVerdict;
}
