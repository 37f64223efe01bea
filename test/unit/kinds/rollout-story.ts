import { type Behaviour, createDivider, toTrafficEntries } from '../../support/exact-traffic.ts';
import {
  acknowledge,
  begin,
  change,
  type Files,
  isConverged,
  type ModelZone,
  pass,
  REPO,
  type Running,
  readVersions,
  toModel,
  toRelease,
  toTeamDocument,
} from './model-story.ts';
import { type Plant, reasonsOf } from './model-zone.ts';

const toEndpoint = (rollout: string): Files => ({
  'endpoints/fraud.yaml': toTeamDocument(
    'Endpoint',
    'fraud',
    `{ model: fraud, environment: dev, rollout: ${rollout} }`,
  ),
});

export const MONITOR: Files = {
  'monitors/fraud.yaml': toTeamDocument(
    'Monitor',
    'fraud',
    '{ endpoint: fraud, window: 10s, falseAlarmBudget: { windows: 400 } }',
  ),
};

const STEPS = toEndpoint(
  '{ steps: [{ setWeight: 10 }, { pause: 30s }, { waitFor: analysis }, { setWeight: 50 }], analysis: { maxFailureRate: 0.05 } }',
);

/** A zone that serves a first version, and has a second one that passed its gates as well. */
export async function beginWithTwo(files: Files = STEPS, plant?: Plant) {
  const { zone, running } = await begin(() => undefined, plant);
  await pass(zone, running, isConverged);
  const [first = ''] = await readVersions(zone);
  const second = { ...files, 'models/fraud.yaml': toModel({ seed: 8 }) };
  await change(zone, running, second);
  await zone.commit({ ...REPO, ...second, 'releases/fraud.yaml': toRelease([first, 100]) });
  running.hint();
  await pass(zone, running, () => zone.machine.nodes.has('serve-ae'));
  const next = (await readVersions(zone)).find((version) => version !== first) ?? '';
  const behaviour = new Map<string, Behaviour>();
  const world = createTraffic(zone, behaviour);
  const release = (version: string, more: Files = {}): Files => ({
    ...second,
    'releases/fraud.yaml': toRelease([version, 100]),
    ...more,
  });
  await world.pass(running, (reasons) => reasons[0] === 'Converged');
  return { zone, running, first, next, behaviour, world, release };
}

/** A node that follows its routes, and applications that ask it: exact shares, no chance. */
export function createTraffic(zone: ModelZone, behaviour: ReadonlyMap<string, Behaviour>) {
  let sequence = 0;
  const take = createDivider();
  const node = { isUp: true, hasTraffic: true };
  let confirmed = 0;

  const count = async () => {
    const entries = toTrafficEntries(await zone.routes.read(), behaviour, take);
    sequence += 1;
    const delta = { v: 1, zone: 'ae', node: 'serve-ae', boot: 'one', sequence, entries } as const;
    await zone.counters.accept(delta);
  };

  const live = async () => {
    for (let round = 0; round < 300; round += 1) await Promise.resolve();
    if (node.isUp) confirmed = await acknowledge(zone);
    if (node.hasTraffic) await count();
    await zone.clock.advance(1_000);
  };

  return {
    node,
    toggle: (what: keyof typeof node) => {
      node[what] = !node[what];
    },
    /** The revision that the node has really taken. */
    confirmed: () => confirmed,
    run: async (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) await live();
    },
    /** Lets seconds pass, each with its requests, until it is so of the release. */
    pass: async (
      running: Running,
      isSo: (reasons: readonly string[]) => boolean,
      maxSeconds = 300,
    ) => {
      for (let second = 0; second < maxSeconds; second += 1) {
        for (let round = 0; round < 300; round += 1) await Promise.resolve();
        if (isSo(reasonsOf(running.status(), 'Release', 'fraud'))) return second;
        await live();
      }
      throw new Error(`it does not come to that:\n${JSON.stringify(running.status(), null, 1)}`);
    },
  };
}
