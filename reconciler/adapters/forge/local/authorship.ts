import type { Oid } from '../../../core/contracts/git.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import { listCommitPeople } from '../../../core/forge/commit-people.ts';
import type { PullStory } from '../../../core/forge/pull-request.ts';
import type { GitMerger } from '../../../ports/git.ts';
import type { SignatureVerifier } from '../../../ports/ledger-signer.ts';

/** A proposal of more commits than this cannot be judged: nobody reviews it either. */
export const MAX_PROPOSED_COMMITS = 1_000;

/**
 * Everybody with a part in what a head would bring: who opened or pushed it, whom its commits
 * name, and whose keys signed them.
 */
export async function listAuthors(
  deps: {
    readonly git: GitMerger;
    readonly verifier: SignatureVerifier;
    readonly now: Instant;
  },
  story: PullStory,
  into: Oid,
): Promise<readonly string[]> {
  const range = { base: into, tip: story.head, maxCount: MAX_PROPOSED_COMMITS };
  const people = new Set([story.author, ...story.pushers]);
  for (const { signedPayload, signature } of await deps.git.listBetween(range)) {
    for (const person of listCommitPeople(signedPayload)) people.add(person);
    if (signature === null) continue;
    const verdict = deps.verifier.verify(signedPayload, signature, deps.now);
    if (verdict.state === 'good') people.add(verdict.principal);
  }
  return [...people].sort();
}

/** A principal as the author of a commit. */
export function toSignature(principal: string): { readonly name: string; readonly email: string } {
  const [name = ''] = principal.split('@');
  return { name: name === '' ? principal : name, email: principal };
}
