import { afterEach, beforeEach, describe } from 'vitest';
import { describeApproval } from './forge/approval.contract.ts';
import { createForgeHarness, type ForgeHarness, type ForgeSubject } from './forge/harness.ts';
import { describeMerging } from './forge/merging.contract.ts';
import { describeProposing } from './forge/proposing.contract.ts';

/** What every forge promises. */
export function describeForge(subject: ForgeSubject): void {
  describe(`forge: ${subject.name}`, () => {
    let harness: ForgeHarness;
    beforeEach(async () => {
      harness = await createForgeHarness(subject);
    });
    afterEach(() => harness.close());

    describe('proposing', () => describeProposing(() => harness));
    describe('merging', () => describeMerging(() => harness));
    describe('approval', () => describeApproval(() => harness));
  });
}
