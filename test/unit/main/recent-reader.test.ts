import { beforeEach, describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import { createRecentReader } from '../../../reconciler/main/recent-reader.ts';
import type { PullList } from '../../../reconciler/ports/forge.ts';
import { type Ledger, sealRecords, writeLedger, ZONE } from '../../support/ledger-builder.ts';

const NO_PULLS: PullList = { pulls: [], refused: [] };

let clock: ReturnType<typeof createSimulatedClock>;
let ledger: Ledger;
let lists: number;

beforeEach(async () => {
  clock = createSimulatedClock({ startAt: Date.UTC(2026, 5, 1) });
  ledger = await writeLedger(sealRecords(3).map((sealed) => ({ sealed })));
  lists = 0;
});

function open(list: () => Promise<PullList> = async () => NO_PULLS, git = ledger.git) {
  const count = () => {
    lists += 1;
    return list();
  };
  return createRecentReader({ git, clock, forge: { list: count }, listZones: () => [ZONE] });
}

describe('what was done last', () => {
  it('is the newest records of each zone', async () => {
    const { records, unread } = await open()();
    expect(records[ZONE]?.map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(unread).toEqual([]);
  });

  it('names a pull request that cannot be believed', async () => {
    const refused = [{ number: 4, why: 'event 2 is not signed' }];
    const { unread } = await open(async () => ({ pulls: [], refused }))();
    expect(unread).toEqual(['Pull request 4 cannot be believed: event 2 is not signed']);
  });

  it('says once that a ledger cannot be read, and shows the rest', async () => {
    const [sealed] = sealRecords(1);
    if (sealed === undefined) throw new Error('no record');
    ledger = await writeLedger([{ sealed, recordText: 'no record' }]);
    const { unread, pulls } = await open()();
    expect(pulls).toEqual([]);
    expect(unread).toEqual([expect.stringMatching(/^The ledger of the zone ae cannot .* P501 /)]);
  });

  it('says that the pull requests cannot be read, and shows the records', async () => {
    const story = await open(() => Promise.reject(new Error('disk')))();
    expect(story.unread[0]).toMatch(/^The pull requests cannot be read .*disk$/);
    expect(story.records[ZONE]).toHaveLength(3);
  });

  it('is read once for many who ask at the same time, and again after a while', async () => {
    const read = open();
    await Promise.all([read(), read(), read()]);
    await read();
    expect(lists).toBe(1);
    await clock.advance(2_000);
    await read();
    expect(lists).toBe(2);
  });

  it('answers without what does not come, and never reads it twice at once', async () => {
    let isStuck = true;
    const read = open(() => (isStuck ? new Promise(() => {}) : Promise.resolve(NO_PULLS)));
    for (let times = 1; times <= 2; times += 1) {
      const answer = read();
      await clock.advance(5_000);
      expect((await answer).unread).toEqual(['The repository did not answer in time']);
    }
    isStuck = false;
    expect(lists).toBe(1);
  });

  it('shows what it saw last while the next does not come, and says so', async () => {
    let isStuck = false;
    const read = open(() => (isStuck ? new Promise(() => {}) : Promise.resolve(NO_PULLS)));
    await read();
    isStuck = true;
    await clock.advance(2_000);
    const answer = read();
    await clock.advance(5_000);
    const { records, unread } = await answer;
    expect(records[ZONE]).toHaveLength(3);
    expect(unread).toEqual([expect.stringMatching(/is older$/)]);
  });

  it('lists a ledger again only when its tip moved', async () => {
    let listed = 0;
    const git = {
      ...ledger.git,
      listFirstParents: (tip: string, maxCount: number) => {
        listed += 1;
        return ledger.git.listFirstParents(tip, maxCount);
      },
    };
    const read = open(undefined, git);
    await read();
    await clock.advance(2_000);
    await read();
    expect(listed).toBe(1);
    ledger.git.setRef(toAuditBranch(ZONE), ledger.commits[1] ?? '');
    await clock.advance(2_000);
    expect((await read()).records[ZONE]?.map(({ seq }) => seq)).toEqual([2, 1]);
  });
});
