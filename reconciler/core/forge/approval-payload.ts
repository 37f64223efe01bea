import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toCanonicalJson } from '../contracts/canonical-json.ts';
import type { Oid } from '../contracts/git.ts';

/**
 * The namespace of approvals, apart from that of commits: no signature over a commit is ever an
 * approval, and a key has the right to approve when the allowed signers name this namespace for it.
 */
export const APPROVAL_NAMESPACE = 'plumbline-approval';

/** What an approver signs: nothing of the log is needed to verify it. */
export function toApprovalPayload(approval: {
  readonly pull: number;
  readonly head: Oid;
}): Uint8Array {
  const { pull, head } = approval;
  return utf8ToBytes(toCanonicalJson({ v: 1, pull, head, verdict: 'approve' }));
}
