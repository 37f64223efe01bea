import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { DEFAULT_SETTINGS } from '../../../reconciler/engine/zone-settings.ts';
import { createZoneHarness, SMALL_REPO } from './zone-harness.ts';

describe('a zone whose terms keep ending', () => {
  it('is led again within two lives of a lease after the fault has passed', async () => {
    const harness = createZoneHarness();
    await harness.commit(SMALL_REPO);
    let isDown = true;
    const { git } = harness;
    const zone = harness.open({
      git: {
        ...git,
        readRef: async (name) => {
          if (isDown) throw new CodedError('P404', 'no answer', { remedy: 'retry' });
          return git.readRef(name);
        },
      },
    });
    await harness.clock.advance(3_600_000);
    isDown = false;
    await harness.clock.advance(2 * DEFAULT_SETTINGS.leaseTtlMs);
    const status = await zone.until((now) => now.isConverged);
    expect(status).toMatchObject({ role: 'leader', trouble: null });
    await zone.stop();
  });
});
