import { makeContract, makeManifest, makeSigmoidModel } from '../../support/onnx-models.ts';
import { createTestModels, makeRoute, makeTable, startTestNode } from '../../support/serve-node.ts';
import { answerLines } from './server-lines.ts';

/** A data-plane node with one small model and two versions of it that share the traffic. */
const [features = '20'] = process.argv.slice(2);

const models = await createTestModels();
const contract = makeContract(Array.from({ length: Number(features) }, (_, index) => `f${index}`));
const versions = await Promise.all(
  [0.1, 0.2].map((bias) => {
    const weights = contract.features.map((_, index) => index / 10);
    const model = makeSigmoidModel({ weights, bias });
    return models.publish(model, makeManifest({ model, contract }));
  }),
);
const { node, port } = await startTestNode({ artifacts: models.artifacts });
const shares = versions.map((version, index) => ({ version, percent: index === 0 ? 90 : 10 }));
const { failed } = await node.apply(makeTable(1, [makeRoute({ versions: shares })]));
await models.remove();
if (failed.length > 0) throw new Error('the model does not load');
// As its shipper would, so that counts do not pile up.
setInterval(node.takeDelta, 1000);
await answerLines(port);
