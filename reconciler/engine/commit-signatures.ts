import { CodedError } from '../core/contracts/coded-error.ts';
import type { Oid } from '../core/contracts/git.ts';
import { REVISION_LIMITS } from './revision-reader.ts';
import type { ZoneDeps } from './zone-deps.ts';

const MAX_SIGNERS_BYTES = 64 * 1024;
/** A push of more commits than this at once is refused where signatures are required. */
const MAX_UNCHECKED_COMMITS = 1_000;

/**
 * Every commit since the last admitted one must be signed by someone whom the *admitted* revision
 * allows: a commit cannot bring its own signer with it. Throws P409 naming the first that is not.
 */
export async function checkCommitSignatures(
  deps: ZoneDeps,
  input: { readonly admitted: Oid; readonly tip: Oid; readonly allowedSigners: string },
): Promise<void> {
  const text = await readAllowedSigners(deps, input.admitted, input.allowedSigners);
  const verifier = deps.createVerifier(text);
  const commits = await deps.git.listFirstParents(input.tip, MAX_UNCHECKED_COMMITS);
  const end = commits.findIndex((commit) => commit.oid === input.admitted);
  if (end === -1) {
    throw refuse(
      input.tip,
      `more than ${MAX_UNCHECKED_COMMITS} commits since the last admitted one`,
    );
  }
  for (const commit of commits.slice(0, end)) {
    if (commit.signature === null) throw refuse(commit.oid, 'it is not signed');
    // A commit dates itself as it likes; what counts is whether its signer is allowed now.
    const verdict = verifier.verify(commit.signedPayload, commit.signature, deps.clock.now());
    if (verdict.state === 'bad') throw refuse(commit.oid, verdict.why);
  }
}

async function readAllowedSigners(deps: ZoneDeps, commit: Oid, path: string): Promise<string> {
  const entries = await deps.git.listTree(commit, REVISION_LIMITS);
  const entry = entries.find((one) => one.path === path && one.type === 'file');
  if (entry === undefined) throw refuse(commit, `the admitted revision has no file ${path}`);
  const blobs = await deps.git.readBlobs([entry.oid], MAX_SIGNERS_BYTES);
  return new TextDecoder().decode(blobs.get(entry.oid));
}

function refuse(commit: Oid, why: string): CodedError {
  return new CodedError('P409', `commit ${commit.slice(0, 12)} is not accepted: ${why}`, {
    details: { commit },
  });
}
