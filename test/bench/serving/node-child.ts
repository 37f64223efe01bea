import { createPostgresDatabase } from '../../../reconciler/adapters/database/postgres/database.ts';
import { createPostgresOnlineFeatureReader } from '../../../reconciler/adapters/online-features/postgres/online-feature-reader.ts';
import type { FeatureContract } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { toDefinitionDigest } from '../../../reconciler/core/features/contract.ts';
import { Secret } from '../../../reconciler/ports/secrets.ts';
import { makeContract, makeManifest, makeSigmoidModel } from '../../support/onnx-models.ts';
import { createTestModels, makeRoute, makeTable, startTestNode } from '../../support/serve-node.ts';
import { ACTIVITY } from '../features/made-up-rows.ts';
import { answerLines } from './server-lines.ts';

/*
 * A data-plane node with one small model and two versions of it that share the traffic:
 * `node-child.ts <features>`, or `node-child.ts by-key <database>` for features that are looked up.
 */
const [features = '20', databaseUrl] = process.argv.slice(2);

const BY_KEY: FeatureContract = {
  v: 1,
  views: [
    {
      view: ACTIVITY.view,
      definitionDigest: toDefinitionDigest(ACTIVITY),
      keys: ACTIVITY.keys.map(({ name }) => name),
      timeToLiveSeconds: ACTIVITY.timeToLiveSeconds,
    },
  ],
  features: ACTIVITY.features.map(({ name }) => {
    return { name, view: ACTIVITY.view, kind: 'number', categories: [] };
  }),
};

function openOnlineFeatures(url: string) {
  const database = createPostgresDatabase({ url: new Secret(url), maxConnections: 4 });
  return createPostgresOnlineFeatureReader({ database });
}

const models = await createTestModels();
const contract =
  databaseUrl === undefined
    ? makeContract(Array.from({ length: Number(features) }, (_, index) => `f${index}`))
    : BY_KEY;
const versions = await Promise.all(
  [0.1, 0.2].map((bias) => {
    const weights = contract.features.map((_, index) => index / 10);
    const model = makeSigmoidModel({ weights, bias });
    return models.publish(model, makeManifest({ model, contract }));
  }),
);
const { node, port } = await startTestNode({
  artifacts: models.artifacts,
  ...(databaseUrl === undefined ? {} : { onlineFeatures: openOnlineFeatures(databaseUrl) }),
});
const shares = versions.map((version, index) => ({ version, percent: index === 0 ? 90 : 10 }));
const { failed } = await node.apply(makeTable(1, [makeRoute({ versions: shares })]));
await models.remove();
if (failed.length > 0) throw new Error('the model does not load');
// As its shipper would, so that counts do not pile up.
setInterval(node.takeDelta, 1000);
await answerLines(port);
