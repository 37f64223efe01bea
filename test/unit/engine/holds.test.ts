import { describe, expect, it } from 'vitest';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createZoneHarness, SMALL_REPO, toDocument, toTarget } from './zone-harness.ts';

const HOUR_MS = 3_600_000;

/** An hour from when the harness starts, 2027-01-15T08:00:00Z. */
const UNTIL = '2027-01-15T09:00:00Z';

function toHold(resources: string, until = UNTIL): string {
  return toDocument(
    'Hold',
    'freeze',
    `{ reason: Year-end closing, owner: platform-team, until: ${until}, resources: ${resources} }`,
  );
}

const isConvergedOn = (commit: string) => (status: ZoneStatus) =>
  status.isConverged && status.source.revision === commit;

const listHeld = (status: ZoneStatus) =>
  status.resources
    .filter(({ conditions }) => conditions.some(({ reason }) => reason === 'Hold'))
    .map(({ ref }) => `${ref.kind}/${ref.name}`);

describe('a hold', () => {
  it('keeps what it names as it is until it ends, and lets all else move', async () => {
    const harness = createZoneHarness();
    const first = await harness.commit({ ...SMALL_REPO, 'targets/desk.yaml': toTarget('desk', 1) });
    const zone = harness.open();
    await zone.until(isConvergedOn(first));
    await harness.commit({
      'hold.yaml': toHold('[{ kind: Target, name: laptop }]'),
      'targets/laptop.yaml': toTarget('laptop', 4),
      'targets/desk.yaml': toTarget('desk', 3),
    });
    zone.hint();
    const slotsOf = (name: string) =>
      harness.executorWorld.targets.get(`Target/platform/${name}`)?.form?.spec['pools'] ?? null;
    await zone.until((status) => listHeld(status).length > 0);
    await zone.until(() => JSON.stringify(slotsOf('desk')).includes('"slots":3'));
    expect(JSON.stringify(slotsOf('laptop'))).toContain('"slots":2');
    await harness.clock.advance(HOUR_MS + 60_000);
    const status = await zone.until(() => JSON.stringify(slotsOf('laptop')).includes('"slots":4'));
    expect(status.source.held).toBeNull();
    await zone.stop();
  });

  it('that is lifted before its end lets go at once', async () => {
    const harness = createZoneHarness();
    await harness.commit({ ...SMALL_REPO, 'hold.yaml': toHold('[{ kind: Target }]') });
    const zone = harness.open();
    await zone.until((status) => listHeld(status).join() === 'Target/laptop');
    expect(harness.executorWorld.targets.size).toBe(0);
    const lifted = await harness.commit({
      'platform.yaml': toDocument('Platform', 'bank', '{ deletionCapPercent: 100 }'),
      'hold.yaml': toHold('[{ kind: Target }]', '2027-01-15T07:00:00Z'),
    });
    zone.hint();
    await zone.until(isConvergedOn(lifted));
    expect(harness.executorWorld.targets.size).toBe(1);
    await zone.stop();
  });
});
