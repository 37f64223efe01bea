import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { type Files, REPO, toRelease } from './model-story.ts';
import { beginWithTwo } from './rollout-story.ts';

const RELEASE = 'releases/fraud.yaml';
const REF = { kind: 'Release', namespace: 'payments', name: 'fraud' };

/** A zone in which a release has just been rolled back, and what it has proposed since. */
async function beginRolledBack(files: Files = {}) {
  const made = await beginWithTwo();
  const { zone, running, next, behaviour, world, release } = made;
  behaviour.set(next, { failures: 0.3, positives: 0.1 });
  const text = toRelease([next, 100]);
  zone.proposed.files.set(toRefKey(REF), { path: RELEASE, text });
  zone.proposed.proposals.length = 0;
  await zone.commit({ ...REPO, ...release(next, files) });
  running.hint();
  await world.pass(running, (reasons) => reasons[0] === 'RolledBack');
  await world.run(5);
  return { ...made, reverts: zone.proposed.proposals };
}

describe('a release that failed in life', () => {
  it('is reverted by one pull request that puts its run in quarantine, also after a restart', async () => {
    const { zone, running, first, next, world, reverts } = await beginRolledBack();
    expect(reverts).toHaveLength(1);
    const [revert] = reverts;
    expect(revert?.branch).toMatch(/^plumbline\/revert\/payments\.fraud\/[0-9a-f]{12}$/);
    expect(revert?.body).toContain('passed its gates and failed in life: the canary fails more');
    const record = (await zone.artifacts.find(next))?.record;
    expect(parse(revert?.files[0]?.text ?? '').spec).toEqual({
      endpoint: 'fraud',
      versions: [{ version: first, percent: 100 }],
      quarantine: [
        {
          version: next,
          runKey: record?.runKey,
          reason: expect.stringContaining('the canary fails more often'),
        },
      ],
    });
    await running.stop();
    const again = zone.open();
    await world.pass(again, (reasons) => reasons[0] === 'RolledBack');
    await world.run(10);
    expect(reverts).toHaveLength(1);
    await again.stop();
  });

  it('is refused from then on, until a change takes its entry out of the quarantine', async () => {
    const { zone, running, first, next, behaviour, world, release, reverts } =
      await beginRolledBack();
    const reverted = reverts[0]?.files[0]?.text ?? '';
    zone.proposed.files.set(toRefKey(REF), { path: RELEASE, text: reverted });
    await zone.commit({ ...REPO, ...release(first, { [RELEASE]: reverted }) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'Converged');
    const served = async () => (await zone.routes.read()).endpoints[0]?.versions;
    expect(await served()).toEqual([{ version: first, percent: 100 }]);

    const insisting = reverted.replace(first, next);
    expect(insisting).not.toBe(reverted);
    await zone.commit({ ...REPO, ...release(next, { [RELEASE]: insisting }) });
    running.hint();
    await world.run(30);
    expect(running.status().source.diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('is in the quarantine of this release'),
    ]);
    expect(await served()).toEqual([{ version: first, percent: 100 }]);

    behaviour.delete(next);
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    await world.pass(running, (reasons) => reasons[0] === 'Converged');
    expect(await served()).toEqual([{ version: next, percent: 100 }]);
    await running.stop();
  });

  it('refuses another version of a run in quarantine', async () => {
    const { zone, running, first, next, world, release } = await beginWithTwo();
    const runKey = (await zone.artifacts.find(next))?.record.runKey ?? '';
    const other = `sha256:${'9'.repeat(64)}`;
    const text = toRelease([next, 100]).replace(
      'versions:',
      `quarantine: [{ version: "${other}", runKey: "${runKey}" }], versions:`,
    );
    await zone.commit({ ...REPO, ...release(next, { [RELEASE]: text }) });
    running.hint();
    await world.run(30);
    expect((await zone.story('Release', 'fraud')).at(-1)).toBe('shift failed');
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([
      { version: first, percent: 100 },
    ]);
    await running.stop();
  });
});
