import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { runCampaign } from './campaign.ts';

/** More are run by hand and at night; these are as many as a test run can wait for. */
const SEEDS = 200;
const PER_TEST = 100;

describe('a campaign', () => {
  it(`finds no violation in ${SEEDS} seeds, and puts every promise to the test`, async () => {
    const reached = new Map<string, number>();
    for (let firstSeed = 1; firstSeed <= SEEDS; firstSeed += PER_TEST) {
      const report = await runCampaign({ firstSeed, seeds: PER_TEST, onSeed: letOthersRun });
      expect(report.violation).toBeNull();
      expect(report.distinctTraces).toBe(PER_TEST);
      for (const [id, count] of Object.entries(report.reached)) {
        reached.set(id, (reached.get(id) ?? 0) + count);
      }
    }
    const wanted = [
      'I-03',
      'I-04',
      'I-07',
      'I-33',
      'I-13',
      'I-20',
      'I-21',
      'I-22',
      'I-23',
      'I-24',
      'I-25',
      'I-26',
      'I-27',
      'I-28',
    ];
    expect([...reached.keys()]).toEqual(
      expect.arrayContaining([...wanted, 'I-27/verify', 'I-30', 'I-32', 'I-35']),
    );
  }, 1_200_000);
});

/** A seed never gives up the thread by itself. */
function letOthersRun(): Promise<void> {
  return createSystemClock().sleep(0);
}
