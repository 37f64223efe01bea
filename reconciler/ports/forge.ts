import type { Oid } from '../core/contracts/git.ts';
import type { ApprovalCandidate } from '../core/forge/judge-approval.ts';
import type { CheckState, PullEvent } from '../core/forge/pull-event.ts';
import type { PullRequest, PullState, PullStory } from '../core/forge/pull-request.ts';
import type { MergeMethod } from './git.ts';
import type { LedgerSigner } from './ledger-signer.ts';

/** Who acts; the allowed signers in force on main say whose key it is. */
export type ForgeActor = {
  /** For what is written down, in the namespace of commits. */
  readonly signer: LedgerSigner;
  /** For approvals, in the namespace of approvals, with the same key. */
  readonly approver: LedgerSigner;
};

/** Something to add to a pull request that is open. */
export type PullEntry =
  /** With a key it takes the place of the actor's earlier comment of that key. */
  | { readonly type: 'comment'; readonly key: string | null; readonly body: string }
  | {
      readonly type: 'check';
      readonly head: Oid;
      readonly name: string;
      readonly state: CheckState;
      readonly summary: string;
    }
  /** A later review of the same person takes the place of this one. */
  | { readonly type: 'approve'; readonly head: Oid; readonly body: string }
  | { readonly type: 'request-changes'; readonly head: Oid; readonly body: string }
  | { readonly type: 'close'; readonly reason: string };

export type PullList = {
  /** Newest first. */
  readonly pulls: readonly PullStory[];
  /** Those that cannot be believed, with the reason: they keep no other from being listed. */
  readonly refused: readonly { readonly number: number; readonly why: string }[];
};

/**
 * Where changes are proposed, judged and merged into main. Numbers count from 1. Whatever is read
 * was verified; whoever reads hears P416 of a pull request that cannot be believed, and P415 of
 * one that is not there. Finished means merged or closed, and takes nothing more.
 */
export interface Forge {
  /**
   * Opens a pull request for a branch of the repository. Throws P415 when there is no such branch,
   * P420 when another open one of the newest 500 is for it, when it holds nothing that main does not have, or when a
   * text is too long; P417 when the actor's key is not among the allowed signers.
   */
  open(
    input: { readonly title: string; readonly body: string; readonly branch: string },
    actor: ForgeActor,
  ): Promise<PullRequest>;
  read(number: number): Promise<PullRequest>;
  /** At most `maxCount` in one of these states, among the newest 500. */
  list(input: {
    readonly states: readonly PullState[];
    readonly maxCount: number;
  }): Promise<PullList>;
  /**
   * Writes down where the branch is by now, when it moved: reviews of earlier heads are stale from
   * then on. The actor counts as one who pushed, so it should be one that never approves. A branch
   * that is gone leaves the head where it was. Does nothing to one that is finished.
   */
  refresh(number: number, actor: ForgeActor): Promise<PullRequest>;
  /**
   * Throws P420 when it is finished, P418 when a review is of another than its present head or the
   * branch moved and nobody wrote it down, P417 when the actor may not do this. Who had a part in
   * the head may approve: it is recorded as `self`.
   */
  add(number: number, entry: PullEntry, actor: ForgeActor): Promise<PullRequest>;
  /**
   * Merges `head`, which must be what was looked at, into main: P418 when the pull request or its
   * branch has another by now, P419 with the paths when main changed the same files, P420 when it
   * is finished. May be repeated: what was merged is found, and not merged again. Approvals are
   * not asked for here: whoever calls judges them first.
   */
  merge(
    number: number,
    input: { readonly head: Oid; readonly method: MergeMethod },
    actor: ForgeActor,
  ): Promise<PullRequest>;
  /**
   * What a judgement of approval needs to know about a commit of main: the pull requests that it
   * may have come from. `parent` is what main held before: the commit's first parent, or for a
   * rebase the parent of its first commit. Rights are read there, so that no change can bring its
   * own approver, and must hold now.
   */
  listCandidates(input: {
    readonly commit: Oid;
    readonly parent: Oid;
  }): Promise<readonly ApprovalCandidate[]>;
}

/** Where a forge of our own keeps what happened to its pull requests. */
export interface PullLog {
  /** The highest number in use; 0 when there is none. */
  findLast(): Promise<number>;
  /**
   * The whole log, verified: every event by the one whom it names, signed with a key that these
   * signers allowed at its time, in one chain without gaps. Null when there is no such log; throws
   * P416 when it cannot be believed.
   */
  read(number: number, allowedSigners: string): Promise<PullStory | null>;
  /**
   * Adds an event as the next one, durably. Throws P405 when its place is taken: somebody else
   * came first, and what the event stood on must be read again.
   */
  append(event: PullEvent, signer: LedgerSigner): Promise<void>;
}
