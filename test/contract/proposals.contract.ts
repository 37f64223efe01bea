import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Ref } from '../../reconciler/core/contracts/ref.ts';
import type { Proposal } from '../../reconciler/core/release/proposal.ts';
import { toReleaseText } from '../../reconciler/core/release/release-text.ts';
import type { Proposals } from '../../reconciler/ports/proposals.ts';

export type ProposalsSubject = {
  readonly name: string;
  /** Main holds what `RELEASE_FILE` says and nothing else that is of a kind of ours. */
  readonly create: () => Promise<{
    readonly open: () => Promise<Proposals>;
    readonly listOpenBranches: () => Promise<readonly string[]>;
    readonly closeAll: () => Promise<void>;
    readonly close: () => Promise<void>;
  }>;
};

const toVersion = (digit: string) => `sha256:${digit.repeat(64)}`;

export const RELEASED: Ref = { kind: 'Release', namespace: 'payments', name: 'fraud' };
export const RELEASE_FILE = {
  path: 'releases/dev/payments.fraud.yaml',
  text: toReleaseText({ namespace: 'payments', endpoint: 'fraud', version: toVersion('1') }),
};

const PREFIX = 'plumbline/release/payments.fraud/';

function toProposal(digit: string): Proposal {
  const version = toVersion(digit);
  return {
    branch: `${PREFIX}${digit.repeat(12)}`,
    replaces: PREFIX,
    title: `Release ${digit}`,
    body: 'why',
    mergedBecause: null,
    files: [
      {
        path: RELEASE_FILE.path,
        text: toReleaseText({ namespace: 'payments', endpoint: 'fraud', version }),
      },
    ],
  };
}

export function describeProposals(subject: ProposalsSubject): void {
  describe(subject.name, () => {
    let made: Awaited<ReturnType<ProposalsSubject['create']>>;
    let proposals: Proposals;

    beforeEach(async () => {
      made = await subject.create();
      proposals = await made.open();
    });
    afterEach(() => made.close());

    it('finds the file of main that holds a resource', async () => {
      expect(await proposals.findFile(RELEASED)).toEqual(RELEASE_FILE);
      expect(await proposals.findFile({ ...RELEASED, name: 'other' })).toBeNull();
    });

    it('opens a proposal once, also when it is asked again and by another opening', async () => {
      const proposal = toProposal('2');
      expect(await proposals.stateOf(proposal.branch)).toBeNull();
      const number = await proposals.open(proposal);
      expect(await proposals.open(proposal)).toBe(number);
      const later = await made.open();
      expect(await later.open(proposal)).toBe(number);
      expect(await later.stateOf(proposal.branch)).toBe('open');
      expect(await made.listOpenBranches()).toEqual([proposal.branch]);
    });

    it('closes what it replaces, and nothing else', async () => {
      const stranger = { ...toProposal('3'), branch: 'plumbline/release/payments.fraud-2/333' };
      await proposals.open({ ...stranger, replaces: 'plumbline/release/payments.fraud-2/' });
      await proposals.open(toProposal('2'));
      const newer = toProposal('4');
      await proposals.open(newer);
      expect(await made.listOpenBranches()).toEqual([stranger.branch, newer.branch].sort());
    });

    it('is merged at once where nobody has to approve it, also after a crash before that', async () => {
      const proposal = toProposal('2');
      const number = await proposals.open(proposal);
      const merged = { ...proposal, mergedBecause: 'nobody has to' };
      expect(await proposals.open(merged)).toBe(number);
      expect(await proposals.stateOf(proposal.branch)).toBe('merged');
      expect(await made.listOpenBranches()).toEqual([]);
    });

    it('knows what was closed', async () => {
      const proposal = toProposal('2');
      await proposals.open(proposal);
      await made.closeAll();
      expect(await made.listOpenBranches()).toEqual([]);
      expect(await (await made.open()).stateOf(proposal.branch)).toBe('closed');
    });
  });
}
