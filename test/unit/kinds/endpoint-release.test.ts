import { describe, expect, it } from 'vitest';
import { begin, isConverged, pass, REPO, readVersions, toRelease } from './model-story.ts';
import { reasonsOf } from './model-zone.ts';

const SECONDS = 3;

describe('an endpoint whose release comes and goes', () => {
  it('says so within seconds, in both directions', async () => {
    const { zone, running } = await begin();
    await pass(zone, running, isConverged);
    const [version = ''] = await readVersions(zone);
    const reasons = (kind: string) => reasonsOf(running.status(), kind, 'fraud');
    await zone.commit({ ...REPO, 'releases/fraud.yaml': toRelease([version, 100]) });
    running.hint();
    await pass(zone, running, () => reasons('Release').includes('Loading'));
    await pass(zone, running, () => reasons('Endpoint').includes('Converged'), SECONDS);
    await zone.commit({ ...REPO, 'releases/fraud.yaml': '' });
    running.hint();
    await pass(zone, running, () => reasons('Release').length === 0);
    await pass(zone, running, () => reasons('Endpoint').includes('AwaitingRelease'), SECONDS);
    expect((await zone.routes.read()).endpoints[0]?.versions).toEqual([]);
    await running.stop();
  });
});
