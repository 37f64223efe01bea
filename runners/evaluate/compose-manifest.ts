import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import type {
  DriftReference,
  ModelManifest,
} from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { checkContract } from '../../reconciler/core/contracts/parse-contract.ts';
import type { EvaluateJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import type { InspectedModel } from './inspect-onnx.ts';
import type { ModelFolder } from './model-folder.ts';
import { refuse } from './refuse.ts';
import type { TrainerClaims } from './trainer-claims.ts';

/** Enough to keep a core busy, few enough that nobody waits long for the others. */
const MAX_BATCH_SIZE = 256;

/** What two runs of the same key agree on, and nothing else: no time, no attempt, no figure. */
export function composeManifest(input: {
  readonly job: EvaluateJob;
  readonly folder: ModelFolder;
  readonly claims: TrainerClaims;
  readonly inspected: InspectedModel;
  readonly reference: DriftReference;
}): ModelManifest {
  const { job, folder, claims, inspected, reference } = input;
  const { framework, python, device } = claims.manifest.environment;
  const { meaning } = claims.output;
  const manifest: ModelManifest = {
    manifestVersion: 1,
    format: 'onnx',
    file: 'model.onnx',
    sha256: folder.sha256,
    sizeBytes: folder.model.length,
    opset: inspected.opset,
    task: job.task,
    inputs: [toTensor(claims.input)],
    outputs: [{ ...toTensor(claims.output), ...(meaning === undefined ? {} : { meaning }) }],
    contract: job.contract,
    contractDigest: digestJson(job.contract),
    batching: { dynamicBatchAxis: 0, maxBatchSize: MAX_BATCH_SIZE },
    reference,
    training: { ...job.training, runKey: job.runKey, rows: reference.rows },
    environment: { framework, python, device },
  };
  const checked = checkContract('ModelManifest', manifest);
  if (checked.state === 'valid') return checked.value;
  throw refuse(`no manifest can be made of this model: ${checked.why}`);
}

function toTensor({ name, datatype, shape }: TrainerClaims['input']) {
  return { name, datatype, shape };
}
