import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { ZoneStatus } from '../../../reconciler/core/status/zone-status.ts';
import { createHarnessWith } from './executor-harness.ts';
import { SMALL_REPO, toDocument, toTarget } from './zone-harness.ts';

const NAMES = ['anvil', 'bench', 'crane'];
const TARGETS = Object.fromEntries(
  NAMES.map((name) => [`targets/${name}.yaml`, toTarget(name, 1)]),
);
const REPO = {
  ...SMALL_REPO,
  ...TARGETS,
  'platform.yaml': toDocument('Platform', 'bank', '{ deletionCapPercent: 20 }'),
};
/** Loosens the cap and makes use of it in one commit. */
const GREEDY = {
  ...Object.fromEntries(Object.keys(TARGETS).map((path) => [path, null])),
  'platform.yaml': toDocument('Platform', 'bank', '{ deletionCapPercent: 100 }'),
};

const refusedIn = (status: ZoneStatus) =>
  status.resources
    .filter(({ conditions }) => conditions.some((one) => one.reason === 'Refused'))
    .map(({ ref }) => ref.name);

describe('a revision that is judged again', () => {
  it('is judged by the rules before it, and all its removals together', async () => {
    let isHidden = false;
    const harness = createHarnessWith((executor) => ({
      observe: async (ref) => {
        if (!isHidden || ref.name === 'laptop') return executor.observe(ref);
        throw new CodedError('P406', 'no answer', { remedy: 'retry' });
      },
    }));
    const zone = await harness.begin(REPO);
    await zone.until((status) => status.isConverged);
    isHidden = true;
    const greedy = await harness.commit(GREEDY);
    zone.hint();
    await zone.until(({ source }) => source.revision === greedy);
    isHidden = false;
    await harness.clock.advance(180_000);
    const status = await zone.until((now) => refusedIn(now).length === 3);
    expect(refusedIn(status)).toEqual(NAMES);
    expect(harness.executorWorld.executions.map(({ action }) => action)).not.toContain('delete');
    await zone.stop();
  });
});
