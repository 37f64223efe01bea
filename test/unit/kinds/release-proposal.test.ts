import { describe, expect, it } from 'vitest';
import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { toDocument } from '../engine/zone-harness.ts';
import {
  begin,
  change,
  isConverged,
  pass,
  REPO,
  readVersions,
  toModel,
  toRelease,
} from './model-story.ts';

const TEND_MS = 3_000;
const toBranch = (version: string) =>
  `plumbline/release/payments.fraud/${version.slice('sha256:'.length).slice(0, 12)}`;

async function publishFirst() {
  const made = await begin();
  await pass(made.zone, made.running, isConverged);
  await made.zone.clock.advance(TEND_MS);
  const [version = ''] = await readVersions(made.zone);
  return { ...made, version };
}

describe('a version that passed its gates', () => {
  it('is proposed for its endpoint, once, also after a restart', async () => {
    const { zone, running, version } = await publishFirst();
    const { proposals } = zone.proposed;
    expect(proposals).toMatchObject([{ branch: toBranch(version), state: 'open' }]);
    expect(proposals[0]?.files[0]?.text).toContain(`version: ${version}`);
    await running.stop();
    const next = zone.open();
    await pass(zone, next, isConverged);
    await zone.clock.advance(60_000);
    expect(proposals).toHaveLength(1);
    await next.stop();
  });

  it('is not proposed where it did not pass, nor where main names it already', async () => {
    const failed = await begin((made) => {
      made.programs.auc = 0.7;
    });
    await pass(failed.zone, failed.running, isConverged);
    await failed.zone.clock.advance(TEND_MS);
    expect(failed.zone.proposed.proposals).toEqual([]);
    await failed.running.stop();

    const { zone, running, version } = await publishFirst();
    zone.proposed.proposals.length = 0;
    const text = toRelease([version, 100]);
    const ref = { kind: 'Release', namespace: 'payments', name: 'fraud' };
    zone.proposed.files.set(toRefKey(ref), { path: 'releases/fraud.yaml', text });
    await zone.commit({ ...REPO, 'releases/fraud.yaml': text });
    await running.stop();
    const next = zone.open();
    await zone.clock.advance(60_000);
    expect(zone.proposed.proposals).toEqual([]);
    await next.stop();
  });

  it('takes the place of an older one that nobody answered; what was closed stays closed', async () => {
    const { zone, running, version } = await publishFirst();
    await change(zone, running, { 'models/fraud.yaml': toModel({ seed: 8 }) });
    await zone.clock.advance(TEND_MS);
    const newer = (await readVersions(zone)).find((one) => one !== version) ?? '';
    const { proposals } = zone.proposed;
    expect(proposals.map(({ branch, state }) => [branch, state])).toEqual([
      [toBranch(version), 'closed'],
      [toBranch(newer), 'open'],
    ]);
    await change(zone, running, { 'models/fraud.yaml': toModel() });
    await zone.clock.advance(TEND_MS);
    expect(proposals).toHaveLength(2);
    await running.stop();
  });

  const OPEN = toDocument(
    'Environment',
    'dev',
    '{ zone: ae, targets: [laptop], releaseApproval: none }',
  );

  it('is merged by the machine where the environment asks for nobody, also one left open', async () => {
    const { zone, running, version } = await publishFirst();
    await running.stop();
    await zone.commit({ ...REPO, 'environments/dev.yaml': OPEN });
    const next = zone.open();
    await pass(zone, next, isConverged);
    await zone.clock.advance(TEND_MS);
    const { proposals } = zone.proposed;
    expect(proposals).toMatchObject([{ branch: toBranch(version), state: 'merged' }]);
    await next.stop();
  });

  it('waits for people all the same where the platform asks for approvals', async () => {
    const { zone, running } = await publishFirst();
    const strict = toDocument('Platform', 'bank', '{ requiredApprovals: other }');
    const files = { 'environments/dev.yaml': OPEN, 'platform.yaml': strict };
    await change(zone, running, files);
    await zone.clock.advance(TEND_MS);
    expect(zone.proposed.proposals).toMatchObject([{ state: 'open' }]);
    await running.stop();
  });
});
