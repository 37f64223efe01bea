import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import type { Anchor } from '../../../reconciler/ports/anchor.ts';
import type { GitReader, GitWriter } from '../../../reconciler/ports/git.ts';
import type { ProbeDeps } from './receiver-probe.ts';

/** Tells how the audit branch moved, from what the repository says and not from what was asked. */
export function probeGit<T extends GitReader & GitWriter>(
  git: T,
  { zone, actor, tell }: ProbeDeps,
): T {
  const branch = toAuditBranch(zone);
  return {
    ...git,
    async append(input: Parameters<GitWriter['append']>[0]) {
      const before = await git.readRef(branch);
      const commits = await git.append(input);
      const after = await git.readRef(branch);
      if (after !== null && after !== before) {
        await tell({ kind: 'appended', zone, actor, before, after });
      }
      return commits;
    },
  };
}

export function probeAnchor(anchor: Anchor, { zone, tell }: ProbeDeps): Anchor {
  return {
    ...anchor,
    async append(checkpoint) {
      await anchor.append(checkpoint);
      await tell({ kind: 'anchored', zone, checkpoint });
    },
  };
}
