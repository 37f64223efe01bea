import { describe, expect, it } from 'vitest';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import type { Behaviour } from '../../support/exact-traffic.ts';
import {
  begin,
  isConverged,
  pass,
  REPO,
  ROWS,
  readVersions,
  toModel,
  toRelease,
} from './model-story.ts';
import { reasonsOf } from './model-zone.ts';
import { createTraffic, MONITOR } from './rollout-story.ts';

const MODEL = 'models/fraud.yaml';
const RELEASE = 'releases/fraud.yaml';
const DRIFTED: Behaviour = { failures: 0, positives: 0.1, upper: 0.9 };
const NEWER = 'c-1,2026-08-01T12:30:00Z,12.5,false\n';
const refOf = (kind: string) => toRefKey({ kind, namespace: 'payments', name: 'fraud' });

/** A version that is served and watched, whose model may be retrained. */
async function beginWatched(input: { readonly isMayRetrain?: boolean } = {}) {
  const { zone, running } = await begin();
  await pass(zone, running, isConverged);
  const [first = ''] = await readVersions(zone);
  const model = toModel({ retrain: input.isMayRetrain ?? true });
  const files = { ...MONITOR, [MODEL]: model, [RELEASE]: toRelease([first, 100]) };
  zone.proposed.proposals.length = 0;
  zone.proposed.files.set(refOf('Model'), { path: MODEL, text: model });
  zone.proposed.files.set(refOf('Release'), { path: RELEASE, text: files[RELEASE] });
  await zone.commit({ ...REPO, ...files });
  running.hint();
  await pass(zone, running, () => zone.machine.nodes.has('serve-ae'));
  const behaviour = new Map<string, Behaviour>();
  const world = createTraffic(zone, behaviour);
  await world.pass(running, (reasons) => reasons[0] === 'Converged');
  const modelReasons = () => reasonsOf(running.status(), 'Model', 'fraud');
  const awaitModel = (reason: string) =>
    world.pass(running, () => modelReasons().includes(reason), 300);
  return { zone, running, first, files, behaviour, world, modelReasons, awaitModel };
}

const addRows = ({ zone }: Pick<Awaited<ReturnType<typeof beginWatched>>, 'zone'>) =>
  zone.connections.put({ connection: 'files', path: 'rows.csv' }, Buffer.from(ROWS + NEWER));

const retrains = ({ zone }: Pick<Awaited<ReturnType<typeof beginWatched>>, 'zone'>) =>
  zone.proposed.proposals.filter(({ branch }) => branch.startsWith('plumbline/retrain/'));

describe('a model that may be retrained', () => {
  it('is trained on newer data when live data drifts, and people are asked once for both', async () => {
    const made = await beginWatched();
    const { zone, running, first, behaviour, world, files } = made;
    addRows(made);
    behaviour.set(first, DRIFTED);
    await world.pass(running, () => retrains(made).length > 0, 300);
    await world.run(120);
    expect(retrains(made)).toHaveLength(1);
    const [proposal] = retrains(made);
    const next = (await readVersions(zone)).find((one) => one !== first) ?? '';
    expect(proposal?.files.map(({ path }) => path)).toEqual([MODEL, RELEASE]);
    expect(proposal?.files[0]?.text).toMatch(/asOf: "?2026-08-01T12:30:00Z/);
    expect(proposal?.files[1]?.text).toContain(next);
    expect(proposal?.body).toMatch(/\na {24}█{20} \d\.\d{3}\n/);
    expect(proposal?.mergedBecause).toBeNull();
    expect((await zone.story('Model', 'fraud')).slice(-2)).toEqual([
      'retrain succeeded',
      'conclude succeeded',
    ]);
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([
      { version: first, percent: 100 },
    ]);

    const trained = zone.begun.length;
    const merged = Object.fromEntries(
      (proposal?.files ?? []).map(({ path, text }) => [path, text]),
    );
    await zone.commit({ ...REPO, ...files, ...merged });
    running.hint();
    await world.pass(
      running,
      () => reasonsOf(running.status(), 'Monitor', 'fraud').includes('AwaitingTraffic'),
      300,
    );
    await world.pass(running, (reasons) => reasons[0] === 'Converged');
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([
      { version: next, percent: 100 },
    ]);
    expect(zone.begun).toHaveLength(trained);
    expect((await zone.titles('Model', 'fraud')).at(-2)).toContain('needs no run');
    await running.stop();
  });

  it('waits for data that it has not seen, and says so', async () => {
    const made = await beginWatched();
    const { zone, running, first, behaviour, awaitModel, world } = made;
    behaviour.set(first, DRIFTED);
    await awaitModel('DriftedWithoutNewerData');
    expect(await zone.story('Model', 'fraud')).not.toContain('retrain succeeded');
    addRows(made);
    await world.pass(running, () => retrains(made).length > 0, 300);
    await running.stop();
  });

  it('proposes nothing that does not pass its gates, and says why in the ledger', async () => {
    const made = await beginWatched();
    const { zone, running, first, behaviour, world, modelReasons } = made;
    addRows(made);
    zone.programs.auc = 0.7;
    behaviour.set(first, DRIFTED);
    const hasConcluded = async () =>
      (await zone.story('Model', 'fraud')).includes('conclude succeeded');
    for (let round = 0; round < 60 && !(await hasConcluded()); round += 1) await world.run(5);
    expect((await zone.titles('Model', 'fraud')).at(-1)).toContain('is given up: P805');
    await world.run(200);
    expect(retrains(made)).toEqual([]);
    expect(modelReasons()).not.toContain('Retraining');
    await running.stop();
  });

  it('is trained once through restarts in every state of its retraining', async () => {
    const made = await beginWatched();
    const { zone, first, behaviour, world } = made;
    let { running } = made;
    addRows(made);
    behaviour.set(first, DRIFTED);
    for (let round = 0; round < 60 && retrains(made).length === 0; round += 1) {
      await world.run(5);
      await running.stop();
      running = zone.open();
    }
    await world.run(60);
    expect(retrains(made)).toHaveLength(1);
    const story = await zone.story('Model', 'fraud');
    expect(story.filter((line) => line.startsWith('retrain'))).toEqual(['retrain succeeded']);
    await running.stop();
  });

  it('is left as it is where its definition does not say so', async () => {
    const made = await beginWatched({ isMayRetrain: false });
    const { zone, running, first, behaviour, world } = made;
    addRows(made);
    behaviour.set(first, DRIFTED);
    await world.run(200);
    expect(await zone.story('Monitor', 'fraud')).toContain('alarm succeeded');
    expect(await zone.story('Model', 'fraud')).not.toContain('retrain succeeded');
    expect(retrains(made)).toEqual([]);
    await running.stop();
  });
});
