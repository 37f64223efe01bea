import type { EvaluationReport } from '../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import type { FeatureContract } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { RunRequest, RunResult } from '../../reconciler/ports/runs.ts';
import { makeContract, makeManifest, makeSigmoidModel } from './onnx-models.ts';
import { makeReport } from './version-records.ts';

/** What a run that ends well leaves: another model for each seed, and figures as told. */
export function toTrainedResult(
  files: Map<string, Uint8Array>,
  request: RunRequest,
  auc: number,
): RunResult {
  const model = makeSigmoidModel({ weights: [request.seed + 1, 2], bias: 0 });
  const modelFile = `memory:/runs/${request.runKey}/model.onnx`;
  files.set(modelFile, model);
  const views = toContractViews(request);
  const contract = { ...makeContract(['a', 'b']), views };
  const manifest = makeManifest({ model, contract, runKey: request.runKey, seed: request.seed });
  return { modelFile, manifest, evaluation: toEvaluation(request.runKey, auc) };
}

/** The views of the run, as the real evaluation takes them over into the manifest. */
function toContractViews(request: RunRequest): FeatureContract['views'] {
  const contract = request.config['contract'] as unknown as FeatureContract;
  return contract.views;
}

function toEvaluation(runKey: string, auc: number): EvaluationReport {
  const interval = { lower: auc - 0.02, upper: auc + 0.02, method: 'delong', level: 0.95 } as const;
  return makeReport(runKey, [{ name: 'auc', slice: null, value: auc, rows: 100, interval }]);
}
