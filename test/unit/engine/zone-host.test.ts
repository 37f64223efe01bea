import { describe, expect, it } from 'vitest';
import { createSimulatedClock } from '../../../reconciler/adapters/clock/simulated/clock.ts';
import { createMemoryGit } from '../../../reconciler/adapters/git/memory/git.ts';
import { createMemoryLog } from '../../../reconciler/adapters/log/memory/log.ts';
import { createSeededRandomness } from '../../../reconciler/adapters/randomness/seeded/randomness.ts';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { MAIN_BRANCH } from '../../../reconciler/core/contracts/git.ts';
import { createRevisionReader } from '../../../reconciler/engine/revision-reader.ts';
import { createStatusBoard } from '../../../reconciler/engine/status-board.ts';
import { createZoneHost, type ZoneHostDeps } from '../../../reconciler/engine/zone-host.ts';
import { SMALL_REPO, toDocument } from './zone-harness.ts';

const TWO_ZONES = {
  ...SMALL_REPO,
  'zones/eu.yaml': toDocument('Zone', 'eu', '{ jurisdiction: EU }'),
};

/** A host whose reconcilers do nothing: what counts is which of them there are. */
async function startHost(
  revisions: readonly Readonly<Record<string, string | null>>[],
  change: Partial<ZoneHostDeps> = {},
) {
  const clock = createSimulatedClock({ startAt: 0 });
  const git = createMemoryGit();
  const log = createMemoryLog({ clock });
  for (const revision of revisions) {
    const files = Object.entries(revision).map(([path, content]) => ({ path, content }));
    await git.push({ branch: MAIN_BRANCH, files });
  }
  const opened: string[] = [];
  const openZone: ZoneHostDeps['openZone'] = async (zone) => {
    opened.push(zone);
    const { read } = createStatusBoard(zone);
    const run = (stop: AbortSignal) => clock.sleep(Number.POSITIVE_INFINITY, stop);
    return {
      reconciler: { run, hint: () => undefined, status: read },
      close: async () => undefined,
    };
  };
  const host = createZoneHost({
    clock,
    git,
    log,
    randomness: createSeededRandomness(1),
    revisions: createRevisionReader(),
    watcher: { start: async () => undefined, stop: async () => undefined },
    pollMs: 30_000,
    zones: null,
    openZone,
    ...change,
  });
  const stop = new AbortController();
  const done = host.run(stop.signal);
  await clock.advance(0);
  const end = async () => {
    stop.abort();
    await done;
  };
  return { host, clock, git, log, opened, openZone, end };
}

describe('the host of zones', () => {
  it('opens every zone that main declares', async () => {
    const { opened, end } = await startHost([TWO_ZONES]);
    expect(opened).toEqual(['ae', 'eu']);
    await end();
  });

  it('opens the others when one cannot be opened, and says so of that one', async () => {
    const opened: string[] = [];
    const { host, log, end } = await startHost([TWO_ZONES], {
      openZone: async (zone) => {
        if (zone === 'ae') throw new CodedError('P401', 'the store is unavailable');
        opened.push(zone);
        const { read } = createStatusBoard(zone);
        const run = async () => undefined;
        return { reconciler: { run, hint: run, status: read }, close: run };
      },
    });
    expect(opened).toEqual(['eu']);
    expect(host.status()[0]).toMatchObject({
      zone: 'ae',
      role: 'starting',
      trouble: 'P401 the store is unavailable',
    });
    expect(log.lines().some((line) => line.includes('zone-not-opened'))).toBe(true);
    await end();
  });

  it('goes on by polling when the repository cannot be watched', async () => {
    const { opened, clock, git, log, end } = await startHost([], {
      watcher: {
        start: async () => {
          throw new CodedError('P404', 'the repository cannot be watched');
        },
        stop: async () => undefined,
      },
    });
    const files = Object.entries(SMALL_REPO).map(([path, content]) => ({ path, content }));
    await git.push({ branch: MAIN_BRANCH, files });
    await clock.advance(60_000);
    expect(opened).toEqual(['ae']);
    expect(log.lines().some((line) => line.includes('cannot be watched'))).toBe(true);
    await end();
  });

  it.each([
    ['frozen', { 'zones/ae.yaml': 'apiVersion: plumbline.dev/v1alpha1\nkind: Zone\n' }],
    ['beyond the limits', { [`${'deep/'.repeat(300)}file.txt`]: 'x' }],
  ])('keeps up the zones of the commit before when the tip is %s', async (_name, mistake) => {
    const { opened, end } = await startHost([TWO_ZONES, mistake]);
    expect(opened).toEqual(['ae', 'eu']);
    await end();
  });

  it('says of a zone it was asked for that main does not declare it', async () => {
    const { host, end } = await startHost([SMALL_REPO], { zones: ['nowhere'] });
    expect(host.status()).toMatchObject([
      { zone: 'nowhere', role: 'starting', trouble: 'P204 main declares no zone nowhere' },
    ]);
    await end();
  });
});
