import { describe, expect, it } from 'vitest';
import { toAuditBranch } from '../../../reconciler/core/contracts/git.ts';
import { REPO, readVersions } from './model-story.ts';
import { reasonsOf } from './model-zone.ts';
import { beginWithTwo } from './rollout-story.ts';

describe('a zone whose database is lost', () => {
  it('serves what it served, trains nothing, and goes on with its ledger', async () => {
    const { zone, running, first, world } = await beginWithTwo();
    const versions = await readVersions(zone);
    const trained = zone.begun.length;
    const before = await zone.story('Release', 'fraud');
    await running.stop();
    zone.loseDatabase();
    const again = zone.open();
    await world.pass(again, (reasons) => reasons[0] === 'Converged');
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([
      { version: first, percent: 100 },
    ]);
    expect(zone.begun).toHaveLength(trained);
    expect(await readVersions(zone)).toEqual(versions);
    expect((await zone.story('Release', 'fraud')).slice(0, before.length)).toEqual(before);
    await again.stop();
  });

  it('comes back to the weights of a rollout, and judges it anew', async () => {
    const { zone, running, next, world, release } = await beginWithTwo();
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    const shareOf = async () =>
      (await zone.routes.read()).endpoints[0]?.versions.find(({ version }) => version === next)
        ?.percent;
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    while ((await shareOf()) !== 10) await world.run(1);
    await world.run(3);
    await running.stop();
    zone.loseDatabase();
    const again = zone.open();
    const seen = new Set<number | undefined>();
    for (let second = 0; second < 20; second += 1) {
      await world.run(1);
      seen.add(await shareOf());
    }
    expect([...seen].filter((share) => share !== undefined)).toEqual([10]);
    await world.pass(again, (reasons) => reasons[0] === 'Converged');
    expect(await shareOf()).toBe(100);
    await again.stop();
  });

  it('refuses what it gave up, and asks nobody a second time', async () => {
    const { zone, running, first, next, behaviour, world, release } = await beginWithTwo();
    behaviour.set(next, { failures: 0.3, positives: 0.1 });
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RolledBack');
    await world.run(5);
    await running.stop();
    zone.loseDatabase();
    const again = zone.open();
    await world.pass(again, (reasons) => reasons[0] === 'RolledBack');
    for (let second = 0; second < 60; second += 1) {
      await world.run(1);
      const shares = (await zone.routes.read()).endpoints[0]?.versions ?? [];
      expect(shares).toEqual([{ version: first, percent: 100 }]);
    }
    expect(reasonsOf(again.status(), 'Release', 'fraud')).toEqual(['RolledBack']);
    await again.stop();
    const once = zone.open();
    await world.pass(once, (reasons) => reasons[0] === 'RolledBack');
    await once.stop();
  });

  it('goes on with taking over after a crash in the middle of it', async () => {
    const { zone, running, first, world } = await beginWithTwo();
    await running.stop();
    zone.loseDatabase();
    for (let times = 0; times < 5; times += 1) {
      const cut = zone.open();
      for (let round = 0; round < 40 * (times + 1); round += 1) await Promise.resolve();
      await cut.stop();
    }
    const again = zone.open();
    await world.pass(again, (reasons) => reasons[0] === 'Converged');
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([
      { version: first, percent: 100 },
    ]);
    await again.stop();
  });

  it('acts on no ledger that somebody else has written to', async () => {
    const { zone, running } = await beginWithTwo();
    await running.stop();
    const branch = toAuditBranch('ae');
    await zone.git.push({
      branch,
      files: [{ path: 'record.json', content: '{}' }],
      message: 'Update release payments/fraud: forged',
    });
    zone.loseDatabase();
    const again = zone.open();
    for (let round = 0; round < 3_000; round += 1) await Promise.resolve();
    expect(again.status().trouble).toMatch(/^P50[134] /);
    expect((await zone.routes.read()).endpoints).toEqual([]);
    await again.stop();
  });
});
