import type { Oid } from '../core/contracts/git.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import type { GitReader, TreeLimits } from '../ports/git.ts';

/** More files than any platform repo needs; a tree bomb is refused before it is walked to its end. */
export const REVISION_LIMITS: TreeLimits = { maxEntries: 100_000, maxPathBytes: 1_024 };

/** What a commit of the platform repo says, read from its blobs and judged by the pure core. */
export type RevisionReader = {
  readonly read: (git: GitReader, commit: Oid) => Promise<RevisionJudgement>;
};
