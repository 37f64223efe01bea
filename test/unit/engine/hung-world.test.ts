import { describe, expect, it } from 'vitest';
import { createHarnessWith } from './executor-harness.ts';
import { SMALL_REPO, toTarget } from './zone-harness.ts';

const NAMES = Array.from({ length: 320 }, (_, index) => `hung-${index}`);
const REPO = {
  ...SMALL_REPO,
  ...Object.fromEntries(NAMES.map((name) => [`targets/${name}.yaml`, toTarget(name, 1)])),
};

describe('a judgement of a revision', () => {
  it('takes not much longer when hundreds of resources cannot be looked at', async () => {
    const harness = createHarnessWith((executor) => ({
      observe: (ref) =>
        ref.name === 'laptop' ? executor.observe(ref) : new Promise<never>(() => undefined),
    }));
    const zone = await harness.begin(REPO);
    await harness.clock.advance(25_000);
    const status = await zone.until(({ source }) => source.revision !== null);
    expect(status.role).toBe('leader');
    const stopped = zone.stop();
    await harness.clock.advance(30_000);
    await stopped;
  });
});
