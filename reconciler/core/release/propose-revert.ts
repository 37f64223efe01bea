import { type Digest, toShortDigest } from '../contracts/digest.ts';
import type { Ref } from '../contracts/ref.ts';
import type { EffectId } from '../plan/effect.ts';
import { toPrintable } from '../spec/printable.ts';
import type { Proposal, RepoFile } from './proposal.ts';
import { describeUnasked } from './propose-release.ts';
import { revertVersions } from './release-text.ts';

/** A rollout that was taken back: the traffic has moved, and Git is to follow. */
export type RevertQuestion = {
  readonly endpoint: Ref;
  readonly environment: string;
  readonly approval: 'person' | 'none';
  /** The effect that took it back. */
  readonly effectId: EffectId;
  readonly branch: string;
  readonly why: string;
  readonly failed: { readonly version: string; readonly runKey: string };
  readonly stable: string;
  /** Where main has the release. */
  readonly file: RepoFile;
};

const MAX_REASON_LENGTH = 400;

/**
 * Names the cause of a revert: a version that failed, and the how manieth time that is, for what a
 * reviewed change let out of the quarantine may fail again.
 */
export function toRevertBranch({ namespace, name }: Ref, version: string, times: number): string {
  const digits = toShortDigest(version as Digest).slice('sha256:'.length);
  return `plumbline/revert/${namespace}.${name}/${digits}${times === 1 ? '' : `-${times}`}`;
}

/** Null when main has the release in a file that only a person can edit. */
export function proposeRevert(question: RevertQuestion): Proposal | null {
  const { endpoint, environment, approval, branch, failed, stable, file } = question;
  const { namespace, name } = endpoint;
  const reason = toPrintable(question.why, MAX_REASON_LENGTH);
  const words = { namespace, endpoint: name, version: stable };
  const text = revertVersions(file.text, words, { ...failed, reason });
  if (text === null) return null;
  return {
    branch,
    // Another rollback has its own entry for the quarantine, so that none takes another's place.
    replaces: `${branch}/`,
    title: `Revert ${namespace}/${name} in ${environment} to ${toShortDigest(stable)}`,
    body: describeRevert(question, reason),
    files: [{ path: file.path, text }],
    mergedBecause: approval === 'none' ? describeUnasked(environment) : null,
  };
}

function describeRevert(
  { endpoint: { namespace, name }, environment, failed, stable, effectId }: RevertQuestion,
  reason: string,
): string {
  return [
    `${toShortDigest(failed.version)} passed its gates and failed in life: ${reason}. All traffic of the endpoint ${namespace}/${name} in ${environment} is back at ${toShortDigest(stable)} already; merging this lets Git say so too.`,
    '',
    'It also puts the version and its run in quarantine: neither is released here until a reviewed change takes the entry out. Closing this lifts nothing, and the release stays refused as long as main asks for it.',
    '',
    'What it is about:',
    `- version ${failed.version}`,
    `- run ${failed.runKey}`,
    `- goes back to ${stable}`,
    `- rolled back by the effect ${effectId} in the ledger`,
  ].join('\n');
}
