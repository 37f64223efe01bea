import { describe, expect, it } from 'vitest';
import { REPO } from './model-story.ts';
import { reasonsOf } from './model-zone.ts';
import { beginWithTwo, MONITOR } from './rollout-story.ts';

async function beginWatched() {
  const made = await beginWithTwo();
  const { zone, running, first, release } = made;
  const files = { ...release(first), ...MONITOR };
  await zone.commit({ ...REPO, ...files });
  running.hint();
  const reasons = () => reasonsOf(made.running.status(), 'Monitor', 'fraud');
  const messages = () =>
    made.running.status().resources.find(({ ref }) => ref.kind === 'Monitor')?.conditions ?? [];
  const awaitReason = (reason: string, seconds = 200) =>
    made.world.pass(running, () => reasons().includes(reason), seconds);
  return { ...made, files, reasons, messages, awaitReason };
}

describe('a monitor', () => {
  it('finds nothing in what looks like training, however long it looks', async () => {
    const { zone, running, world, reasons, awaitReason } = await beginWatched();
    await awaitReason('AwaitingTraffic');
    await awaitReason('Watching');
    await world.run(600);
    expect(reasons()).toEqual(['Watching']);
    expect(await zone.story('Monitor', 'fraud')).toEqual(['create succeeded']);
    await running.stop();
  });

  it('tells of a change that is sure and large, as a record with its counts by their digest', async () => {
    const { zone, running, first, behaviour, awaitReason, messages } = await beginWatched();
    await awaitReason('Watching');
    behaviour.set(first, { failures: 0, positives: 0.1, upper: 0.9 });
    await awaitReason('Drifting');
    expect(messages()).toMatchObject([
      { type: 'Ready', message: expect.stringMatching(/^the effect of a is \S+ nats, at least/) },
    ]);
    const titles = await zone.titles('Monitor', 'fraud');
    expect(titles[1]).toMatch(/^Alarm of monitor payments\/fraud: drift: the effect of a is/);
    await running.stop();
  });

  it('tells once of what goes on, and again of what comes back much later', async () => {
    const { zone, running, first, behaviour, world, awaitReason } = await beginWatched();
    await awaitReason('Watching');
    const drift = { failures: 0, positives: 0.1, upper: 0.9 };
    behaviour.set(first, drift);
    await awaitReason('Drifting');
    await world.run(200);
    const alarms = async () =>
      (await zone.story('Monitor', 'fraud')).filter((line) => line === 'alarm succeeded').length;
    expect(await alarms()).toBe(1);
    behaviour.delete(first);
    await world.run(300);
    behaviour.set(first, drift);
    await world.run(60);
    expect(await alarms()).toBe(2);
    await running.stop();
  });

  it('says that too few rows are too few, and judges them with those that follow', async () => {
    const { running, world, awaitReason } = await beginWatched();
    await awaitReason('Watching');
    world.node.hasTraffic = false;
    await world.run(30);
    await awaitReason('InsufficientData');
    world.node.hasTraffic = true;
    await awaitReason('Watching');
    await running.stop();
  });

  it('goes on with its window and its detector after a restart, and tells nothing twice', async () => {
    const { zone, running, first, behaviour, world, awaitReason } = await beginWatched();
    await awaitReason('Watching');
    behaviour.set(first, { failures: 0, positives: 0.1, upper: 0.9 });
    await awaitReason('Drifting');
    behaviour.delete(first);
    const told = await zone.story('Monitor', 'fraud');
    await running.stop();
    const again = zone.open();
    await world.pass(again, () => reasonsOf(again.status(), 'Monitor', 'fraud').length > 0);
    expect(reasonsOf(again.status(), 'Monitor', 'fraud')).toEqual(['Drifting']);
    await world.run(100);
    expect(await zone.story('Monitor', 'fraud')).toEqual(told);
    await again.stop();
  });

  it('begins anew with another version', async () => {
    const { zone, running, first, next, behaviour, world, files, release, awaitReason } =
      await beginWatched();
    await awaitReason('Watching');
    behaviour.set(first, { failures: 0, positives: 0.1, upper: 0.9 });
    await awaitReason('Drifting');
    await zone.commit({ ...REPO, ...files, ...release(next), ...MONITOR });
    running.hint();
    await world.pass(running, (reasons) => reasons[0] === 'RollingOut');
    await awaitReason('AwaitingTraffic', 300);
    await awaitReason('Watching');
    await running.stop();
  });
});
