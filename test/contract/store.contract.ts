import { afterEach, beforeEach, describe } from 'vitest';
import { describeAdmissions } from './store/admissions.contract.ts';
import { describeFencedWrites } from './store/fenced-writes.contract.ts';
import type { ZoneStoreHarness, ZoneStoreSubject } from './store/harness.ts';
import { describeJournal } from './store/journal.contract.ts';
import { describeLease } from './store/lease.contract.ts';
import { describeOutbox } from './store/outbox.contract.ts';

/** What every zone store promises. */
export function describeZoneStore(subject: ZoneStoreSubject): void {
  describe(`zone store: ${subject.name}`, () => {
    let harness: ZoneStoreHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());

    const parts = {
      lease: describeLease,
      'fenced writes': describeFencedWrites,
      admissions: describeAdmissions,
      journal: describeJournal,
      outbox: describeOutbox,
    };
    for (const [name, describePart] of Object.entries(parts)) {
      describe(name, () => describePart(() => harness));
    }
  });
}
