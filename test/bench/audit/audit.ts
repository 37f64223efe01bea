/*
 * How fast effects become signed commits of the ledger. Not measured here: the database, whose
 * rows the ledger is written from; pushing; reading and verifying; several zones at once.
 *
 * Ours is durable after every 64 commits and signs each one; the baseline, git fast-import, gets
 * the same files and messages in one stream, signs nothing, and is durable once, at its end. It
 * is what Git itself can do at most, not another way to do our work.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import type { CommitDraft } from '../../../reconciler/ports/git.ts';
import {
  type Bench,
  type BenchCase,
  type BenchContext,
  percentile,
  takeSeconds,
} from '../bench.ts';
import { copyRepository, importWithGit, listTreeOid } from './fast-import.ts';
import { makeEffectDrafts, makeFirstDraft } from './ledger-drafts.ts';
import { openLedger } from './open-ledger.ts';

/** The ledger writer's own batch. */
const BATCH_COMMITS = 64;
const BATCHES = 40;
/** Until code and caches are warm; the reconciler of a zone runs for weeks. */
const WARM_UP_BATCHES = 4;
const NAMESPACES = 50;

const BRANCH = toAuditBranch('ae');

export const audit: Bench = {
  name: 'audit',
  cases: [toAppendCase('append-1000', 1_000), toAppendCase('append', 10_000)],
};

function toAppendCase(name: string, liveResources: number): BenchCase {
  return { name, measure: (context) => measureAppend(context, liveResources) };
}

async function measureAppend(context: BenchContext, liveResources: number) {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-bench-'));
  try {
    return await measureIn(folder, context, liveResources);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measureIn(folder: string, { seed, note }: BenchContext, liveResources: number) {
  const shape = { seed, liveResources, namespaces: NAMESPACES };
  const ours = join(folder, 'ours.git');
  const { append, close } = await openLedger({ path: ours, branch: BRANCH, seed });
  await append([makeFirstDraft(shape)]);
  const drafts = makeEffectDrafts(shape, (WARM_UP_BATCHES + BATCHES) * BATCH_COMMITS);
  const batches = toBatches(drafts);
  for (const batch of batches.slice(0, WARM_UP_BATCHES)) await append(batch);

  const theirs = join(folder, 'theirs.git');
  await copyRepository(ours, theirs);
  const seconds: number[] = [];
  for (const batch of batches.slice(WARM_UP_BATCHES)) {
    seconds.push(await takeSeconds(() => append(batch)));
  }
  await close();
  const measured = drafts.slice(WARM_UP_BATCHES * BATCH_COMMITS);
  const baselineSeconds = await importWithGit(theirs, BRANCH, measured);
  if (listTreeOid(ours, BRANCH) !== listTreeOid(theirs, BRANCH)) {
    throw new Error('ours and git fast-import do not end with the same tree');
  }

  const total = seconds.reduce((sum, one) => sum + one, 0);
  note(`${liveResources} live resources in ${NAMESPACES} namespaces, ${2 * liveResources} files`);
  note(`${measured.length} commits of ${countBytes(measured)} bytes, ${BATCH_COMMITS} an append`);
  return [
    {
      metric: 'per_second' as const,
      value: measured.length / total,
      baseline: measured.length / baselineSeconds,
      n: measured.length,
    },
    {
      // From the call to durable, of a whole batch.
      metric: 'p99_ms' as const,
      value: 1000 * percentile(seconds, 0.99),
      baseline: null,
      n: seconds.length,
    },
  ];
}

function toBatches(drafts: readonly CommitDraft[]): readonly (readonly CommitDraft[])[] {
  const count = Math.ceil(drafts.length / BATCH_COMMITS);
  return Array.from({ length: count }, (_, index) =>
    drafts.slice(index * BATCH_COMMITS, (index + 1) * BATCH_COMMITS),
  );
}

function countBytes(drafts: readonly CommitDraft[]): number {
  const sizes = drafts.flatMap(({ message, changes }) => [
    message.length,
    ...changes.map(({ content }) => content?.length ?? 0),
  ]);
  return sizes.reduce((sum, size) => sum + size, 0);
}
