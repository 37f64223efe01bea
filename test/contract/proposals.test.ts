import { describe, expect, it } from 'vitest';
import { createSignedPullLog } from '../../reconciler/adapters/forge/local/pull-log.ts';
import { createMemoryGit } from '../../reconciler/adapters/git/memory/git.ts';
import { createMemorySignatureVerifier } from '../../reconciler/adapters/ledger-signer/memory/signature-verifier.ts';
import { createForgeProposals } from '../../reconciler/adapters/proposals/forge/proposals.ts';
import {
  createMemoryProposals,
  createMemoryProposalTables,
} from '../../reconciler/adapters/proposals/memory/proposals.ts';
import { toRefKey } from '../../reconciler/core/contracts/ref.ts';
import type { Proposal } from '../../reconciler/core/release/proposal.ts';
import { createRevisionReader } from '../../reconciler/engine/revision-reader.ts';
import { REPO } from '../unit/kinds/model-story.ts';
import { ACTORS, createForgeHarness, type ForgeHarness } from './forge/harness.ts';
import { describeProposals, RELEASE_FILE, RELEASED } from './proposals.contract.ts';

const createVerifier = createMemorySignatureVerifier;

/** Main is a small platform with a release. */
async function createRepo(): Promise<ForgeHarness> {
  const harness = await createForgeHarness({
    name: 'proposals',
    createVerifier,
    createGit: async () => ({ git: createMemoryGit(), close: async () => {} }),
    createLog: (git) => createSignedPullLog({ git, createVerifier }),
  });
  const files = { ...REPO, [RELEASE_FILE.path]: RELEASE_FILE.text };
  await harness.push('main', { ...files, 'a.yaml': null, 'b.yaml': null });
  return harness;
}

function openProposals({ git, forge, clock }: ForgeHarness) {
  const revisions = createRevisionReader();
  return createForgeProposals({
    git,
    forge,
    clock,
    actor: ACTORS.plumbline,
    author: { name: 'plumbline', email: 'plumbline@localhost' },
    readRevision: (commit) => revisions.read(git, commit),
  });
}

async function listOpen({ forge }: ForgeHarness) {
  return (await forge.list({ states: ['open'], maxCount: 100 })).pulls;
}

describeProposals({
  name: 'proposals by pull request',
  create: async () => {
    const harness = await createRepo();
    return {
      open: async () => openProposals(harness),
      listOpenBranches: async () => (await listOpen(harness)).map(({ branch }) => branch).sort(),
      closeAll: async () => {
        for (const { number } of await listOpen(harness)) {
          await harness.forge.add(number, { type: 'close', reason: 'no' }, ACTORS.you);
        }
      },
      close: harness.close,
    };
  },
});

describeProposals({
  name: 'proposals in memory',
  create: async () => {
    const tables = createMemoryProposalTables();
    tables.files.set(toRefKey(RELEASED), RELEASE_FILE);
    const { proposals } = tables;
    return {
      open: async () => createMemoryProposals({ tables }),
      listOpenBranches: async () =>
        proposals
          .filter(({ state }) => state === 'open')
          .map(({ branch }) => branch)
          .sort(),
      closeAll: async () => {
        for (const [at, one] of proposals.entries()) proposals[at] = { ...one, state: 'closed' };
      },
      close: async () => {},
    };
  },
});

const textOf = ({ files }: Pick<Proposal, 'files'>) => files[0]?.text ?? '';

describe('a proposal by pull request', () => {
  const proposal = {
    branch: 'plumbline/release/payments.fraud/222',
    replaces: 'plumbline/release/payments.fraud/',
    title: 'Release two',
    body: 'why',
    mergedBecause: null,
    files: [{ ...RELEASE_FILE, text: RELEASE_FILE.text.replace(/1{64}/, '2'.repeat(64)) }],
  };

  it('is one signed commit of the machine on top of main, which changes one file', async () => {
    const harness = await createRepo();
    const before = await harness.readFiles(await harness.readMain());
    const number = await openProposals(harness).open(proposal);
    const pull = await harness.forge.read(number);
    expect(pull).toMatchObject({
      ...{ title: 'Release two', body: 'why', author: 'plumbline@localhost', state: 'open' },
      ...{ authors: ['plumbline@localhost'], conflicts: [], base: await harness.readMain() },
    });
    const after = await harness.readFiles(pull.head);
    expect(after).toEqual({ ...before, [RELEASE_FILE.path]: textOf(proposal) });
    expect((await harness.git.readCommit(pull.head)).signature).not.toBeNull();
  });

  it('goes on with a branch that a crash left, with its commit or without', async () => {
    const harness = await createRepo();
    const { git } = harness;
    const bare = `refs/heads/${proposal.branch}` as const;
    await git.moveRef({ name: bare, expected: null, next: await harness.readMain() });
    await harness.push('main', { 'later.txt': 'later\n' });
    const number = await openProposals(harness).open(proposal);
    const { head } = await harness.forge.read(number);
    expect((await git.readCommit(head)).parents).toEqual([await harness.readMain()]);

    const other = { ...proposal, branch: 'plumbline/release/payments.fraud/333' };
    const left = await harness.push(
      other.branch,
      { [RELEASE_FILE.path]: textOf(other) },
      'plumbline',
    );
    const next = await openProposals(harness).open(other);
    expect((await harness.forge.read(next)).head).toBe(left);
    expect(await harness.forge.read(number)).toMatchObject({
      state: 'closed',
      closed: { reason: `replaced by pull request ${next}` },
    });
  });

  it('stays open beside a newer one when somebody else has worked on it', async () => {
    const harness = await createRepo();
    const number = await openProposals(harness).open(proposal);
    await harness.push(proposal.branch, { 'note.txt': 'wait\n' });
    await harness.forge.refresh(number, ACTORS.you);
    await openProposals(harness).open({
      ...proposal,
      branch: 'plumbline/release/payments.fraud/333',
    });
    expect((await harness.forge.read(number)).state).toBe('open');
  });

  const merged = { ...proposal, mergedBecause: 'nobody has to approve it' };

  it('says in itself why nobody was asked, and is in main then', async () => {
    const harness = await createRepo();
    const number = await openProposals(harness).open(merged);
    const pull = await harness.forge.read(number);
    expect(pull.comments.map(({ body }) => body)).toEqual([merged.mergedBecause]);
    const files = await harness.readFiles(await harness.readMain());
    expect(files[RELEASE_FILE.path]).toBe(textOf(merged));
  });

  it('is left to people when somebody else had a part in it', async () => {
    const harness = await createRepo();
    const number = await openProposals(harness).open(proposal);
    await harness.push(proposal.branch, { 'note.txt': 'wait\n' });
    await harness.forge.refresh(number, ACTORS.plumbline);
    expect(await openProposals(harness).open(merged)).toBe(number);
    expect((await harness.forge.read(number)).state).toBe('open');
  });

  it('is left to people when main has changed the same file meanwhile', async () => {
    const harness = await createRepo();
    const number = await openProposals(harness).open(proposal);
    await harness.push('main', { [RELEASE_FILE.path]: `# held\n${RELEASE_FILE.text}` });
    expect(await openProposals(harness).open(merged)).toBe(number);
    expect(await openProposals(harness).open(merged)).toBe(number);
    const pull = await harness.forge.read(number);
    expect(pull).toMatchObject({ state: 'open', conflicts: [RELEASE_FILE.path] });
    expect(pull.comments).toHaveLength(1);
  });
});
