import { type Oid, toAuditBranch } from '../core/contracts/git.ts';
import type { CommitInfo, GitReader } from '../ports/git.ts';

/** Commits in memory at a time, a few kilobytes each. */
const PAGE_COMMITS = 1_000;

export type LedgerPage = { readonly tip: Oid; readonly count: number };

/**
 * A zone's ledger from its beginning, page by page. Commits are found from the newest to the oldest
 * and needed the other way, so each page is read twice and never more than one is held.
 */
export async function listLedgerPages(
  git: GitReader,
  zone: string,
): Promise<readonly LedgerPage[]> {
  const pages: LedgerPage[] = [];
  let next: Oid | null = await git.readRef(toAuditBranch(zone));
  while (next !== null) {
    const page: readonly CommitInfo[] = await git.listFirstParents(next, PAGE_COMMITS);
    pages.push({ tip: next, count: page.length });
    next = page.at(-1)?.parents[0] ?? null;
  }
  return pages.reverse();
}

/** The oldest first. */
export async function readLedgerPage(
  git: GitReader,
  { tip, count }: LedgerPage,
): Promise<readonly CommitInfo[]> {
  return [...(await git.listFirstParents(tip, count))].reverse();
}
