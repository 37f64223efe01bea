import type { Oid } from '../core/contracts/git.ts';
import {
  describeOutlook,
  type PullWords,
  type ZoneOutlook,
} from '../core/forge/describe-outlook.ts';
import { mergeEntries } from '../core/forge/merge-entries.ts';
import type { PlanView } from '../core/plan/render-plan-text.ts';
import type { RevisionJudgement } from '../core/spec/judge-revision.ts';
import type { GitReader } from '../ports/git.ts';
import { createRevisionReader, REVISION_LIMITS, type RevisionReader } from './revision-reader.ts';

export type PullJudgeDeps = {
  readonly git: GitReader;
  /** Shared with the zones, which have judged main already. */
  readonly revisions: RevisionReader;
  readonly preview: (
    judgement: RevisionJudgement,
    revision: Oid,
    zone: string,
  ) => Promise<PlanView>;
};

/** What is proposed, by the commits that it lies between. */
export type ProposedChange = {
  readonly base: Oid;
  readonly main: Oid;
  readonly head: Oid;
};

/** Judges what merging would give, not what the branch holds: main may have gone on since. */
export async function judgePull(deps: PullJudgeDeps, change: ProposedChange): Promise<PullWords> {
  const main = await deps.revisions.read(deps.git, change.main);
  const merged = await createRevisionReader().read(toMerged(deps.git, change), change.head);
  const zones: ZoneOutlook[] = [];
  for (const zone of merged.frozen ? [] : merged.zones) {
    const isKnown = !main.frozen && main.zones.includes(zone);
    zones.push({
      zone,
      main: isKnown ? await deps.preview(main, change.main, zone) : null,
      merged: await deps.preview(merged, change.head, zone),
    });
  }
  return describeOutlook({ main, merged, zones });
}

/** The repository with the head's tree as it would be in main. Nothing is written for it. */
function toMerged(git: GitReader, { base, main, head }: ProposedChange): GitReader {
  return {
    ...git,
    listTree: async (commit, limits) => {
      if (commit !== head) return git.listTree(commit, limits);
      const [ofBase, ofMain, ofHead] = await Promise.all([
        git.listTree(base, REVISION_LIMITS),
        git.listTree(main, REVISION_LIMITS),
        git.listTree(head, limits),
      ]);
      return mergeEntries({ base: ofBase, main: ofMain, head: ofHead });
    },
  };
}
