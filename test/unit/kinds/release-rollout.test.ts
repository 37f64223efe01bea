import { describe, expect, it } from 'vitest';
import { REPO } from './model-story.ts';
import { reasonsOf } from './model-zone.ts';
import { beginWithTwo } from './rollout-story.ts';

const toShort = (version: string) => version.slice(0, 'sha256:'.length + 12);

describe('a release that goes over by steps', () => {
  it('loads first, moves by its steps on evidence, and ends with all traffic', async () => {
    const { zone, running, first, next, world, release } = await beginWithTwo();
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    await world.pass(running, (reasons) => reasons[0] === 'Converged');
    expect((await zone.story('Release', 'fraud')).slice(1)).toEqual([
      'shift succeeded',
      'shift succeeded',
      'shift succeeded',
      'promote succeeded',
    ]);
    const titles = (await zone.titles('Release', 'fraud')).slice(1);
    expect(titles[0]).toContain(`nodes load ${toShort(next)} before anybody meets it`);
    expect(titles[1]).toContain(`${toShort(next)} gets 10 % and ${toShort(first)} keeps 90 %`);
    expect(titles[2]).toContain(`${toShort(next)} gets 50 % and ${toShort(first)} keeps 50 %`);
    expect(titles[3]).toMatch(/gets all traffic: .* \(0 of its \d+ requests failed\)$/);
    const { endpoints } = await zone.routes.read();
    expect(endpoints[0]?.versions).toEqual([{ version: next, percent: 100 }]);
    await running.stop();
  });

  it('goes back to nothing as soon as it is shown to be worse, and stays there', async () => {
    const { zone, running, first, next, behaviour, world, release } = await beginWithTwo();
    behaviour.set(next, { failures: 0, positives: 0.6 });
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RolledBack');
    const story = await zone.story('Release', 'fraud');
    expect(story.slice(1)).toEqual(['shift succeeded', 'shift succeeded', 'rollback succeeded']);
    expect((await zone.titles('Release', 'fraud')).at(-1)).toMatch(
      /all traffic goes back to .*: the canary decides positively more often \(\d+ of \d+, where/,
    );
    const read = async () => (await zone.routes.read()).endpoints[0]?.versions;
    expect(await read()).toEqual([{ version: first, percent: 100 }]);
    await running.stop();
    const again = zone.open();
    await world.pass(again, (reasons) => reasons[0] === 'RolledBack');
    await zone.commit({ ...REPO, ...release(next), 'note.txt': 'unrelated' });
    again.hint();
    await world.pass(again, (reasons) => reasons[0] === 'RolledBack');
    await zone.clock.advance(60_000);
    expect(await read()).toEqual([{ version: first, percent: 100 }]);
    expect(await zone.story('Release', 'fraud')).toEqual(story);
    expect(reasonsOf(again.status(), 'Release', 'fraud')).toEqual(['RolledBack']);
    await again.stop();
  });

  it('waits for the nodes with each weight, and counts a pause from their word', async () => {
    const { zone, running, next, world, release } = await beginWithTwo();
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    world.node.isUp = false;
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    await zone.clock.advance(120_000);
    const canary = async () =>
      (await zone.routes.read()).endpoints[0]?.versions.find(({ version }) => version === next)
        ?.percent;
    expect(await canary()).toBe(0);
    world.node.isUp = true;
    const before = zone.clock.now();
    await world.pass(running, (reasons) => reasons[0] === 'Converged');
    expect(zone.clock.now() - before).toBeGreaterThan(30_000);
    await running.stop();
  });

  it('goes on from where it was after the reconciler was killed in a pause', async () => {
    const { zone, running, next, world, release } = await beginWithTwo();
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    await world.run(15);
    await running.stop();
    const again = zone.open();
    const seconds = await world.pass(again, (reasons) => reasons[0] === 'Converged');
    // Of 30 s of pause about half was over.
    expect(seconds).toBeGreaterThan(15);
    expect(seconds).toBeLessThan(40);
    const story = await zone.story('Release', 'fraud');
    expect(story.filter((line) => line === 'shift succeeded')).toHaveLength(3);
    await again.stop();
  });

  it('starts anew from the last good version when another release comes under way', async () => {
    const { zone, running, first, next, world, release } = await beginWithTwo();
    await zone.commit({ ...REPO, ...release(next) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    await world.run(10);
    await zone.commit({ ...REPO, ...release(first) });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'Converged');
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([
      { version: first, percent: 100 },
    ]);
    await running.stop();
  });
});
