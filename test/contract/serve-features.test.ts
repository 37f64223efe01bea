import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { writeControlFile } from '../../reconciler/adapters/control-channel/http/control-file.ts';
import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { toDefinitionDigest } from '../../reconciler/core/features/contract.ts';
import type { ViewDefinition } from '../../reconciler/core/features/view-definition.ts';
import { BASE_MICROS, SAMPLE_VIEW } from '../support/feature-samples.ts';
import { openPostgresOnline } from '../support/online-subjects.ts';
import { makeManifest, makeSumModel } from '../support/onnx-models.ts';
import { useTestDatabase } from '../support/postgres.ts';
import { ask, makeRoute, makeTable } from '../support/serve-node.ts';
import { createServingZone } from '../support/serve-process.ts';

const testDatabase = useTestDatabase();

const VIEW: ViewDefinition = {
  ...SAMPLE_VIEW,
  timeToLiveSeconds: null,
  features: [
    { name: 'last', kind: 'latest', column: 'amount', categories: null },
    { name: 'sum', kind: 'aggregate', function: 'sum', column: 'amount', windowSeconds: 100 },
  ],
};

const CONTRACT: FeatureContract = {
  v: 1,
  views: [
    {
      view: VIEW.view,
      definitionDigest: toDefinitionDigest(VIEW),
      keys: VIEW.keys.map(({ name }) => name),
      timeToLiveSeconds: null,
    },
  ],
  features: [
    { name: 'sum', view: VIEW.view, kind: 'number', categories: [] },
    { name: 'amount', view: null, kind: 'number', categories: [] },
    { name: 'last', view: VIEW.view, kind: 'number', categories: [] },
  ],
};

const row = (sequence: number, amount: number) => ({
  eventMicros: BASE_MICROS + sequence * 1_000_000,
  availableMicros: BASE_MICROS + sequence * 1_000_000,
  sequence,
  columns: { region: '1', account: 12n, amount, quantity: null, flag: null, kind: 'b' },
});

it('answers for an entity from what was materialised in the database it is told of later', async () => {
  const online = await openPostgresOnline(testDatabase(), 'here');
  const zone = await createServingZone();
  try {
    const model = makeSumModel({ features: 3, add: 0 });
    const version = await zone.publish(model, makeManifest({ model, contract: CONTRACT }));
    const route = makeRoute({ threshold: 100, versions: [{ version, percent: 100 }] });
    const node = await zone.startNode('serve-a', makeTable(1, [route]));
    while ((await ask(node.port, '/v2/health/ready')).status !== 200) {
      await createSystemClock().sleep(20);
    }
    const entities = { region: '1', account: 12 };
    const path = '/v1/endpoints/payments/fraud/predict';
    const predict = () => ask(node.port, path, { entities, features: { amount: 100 } });

    expect((await predict()).body['error']).toContain('P827');
    await writeControlFile(join(zone.folder, 'control.json'), {
      v: 1,
      url: 'http://127.0.0.1:1',
      token: 'x'.repeat(32),
      databaseUrl: testDatabase().url.reveal(),
    });
    expect((await predict()).body['error']).toContain('P823');
    const snapshot = await online.store([row(1, 3), row(2, 4)]);
    await online.onlineFeatures.materialise(
      VIEW,
      snapshot,
      await online.onlineFeatures.takeSequence(),
    );
    const reply = await predict();
    // The sum of both rows, what the request brings, and the newest row.
    expect(reply.body).toMatchObject({ version, score: 7 + 100 + 4, decision: true });
    expect(await node.terminate()).toBe(0);
  } finally {
    await zone.remove();
    await online.close();
  }
});
