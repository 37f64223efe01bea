import type { EvaluationReport } from '../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import type {
  DriftReference,
  ReferenceFeature,
} from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { EvaluateJob } from '../../reconciler/core/contracts/runner-jobs.ts';
import { fitFeature, fitScore } from '../../reconciler/core/drift/fit-reference.ts';
import { measureModel } from '../../reconciler/core/evaluation/measure-model.ts';
import type { Clock, Stopwatch } from '../../reconciler/ports/clock.ts';
import { checkRows } from './check-rows.ts';
import { checkTensors } from './check-tensors.ts';
import { compareScores } from './compare-scores.ts';
import { composeManifest } from './compose-manifest.ts';
import { inspectOnnx } from './inspect-onnx.ts';
import { readModelFolder } from './model-folder.ts';
import { measureSingleRowMs, probeModel } from './probe-model.ts';
import { clearResult, writeResult } from './result-folder.ts';
import { type ScoredSplit, scoreSplit } from './score-split.ts';
import { openScorer, type Scorer, type ScorerLimits } from './scorer.ts';
import { openSplits, type Splits } from './splits.ts';
import { readTrainerClaims, type TrainerClaims } from './trainer-claims.ts';

export type EvaluateDeps = {
  readonly clock: Clock;
  readonly stopwatch: Stopwatch;
  /** Path of the program that a model is scored in. */
  readonly scoreProgram: string;
  readonly scratchFolder: string;
  readonly limits: ScorerLimits;
};

/** Probing more rows would find no more. */
const PROBE_ROWS = 48;

/** From what a trainer left to a version that can be published, or P804 and nothing. */
export async function evaluate(job: EvaluateJob, deps: EvaluateDeps): Promise<JsonObject> {
  await clearResult(job.outputFolder);
  const folder = await readModelFolder(job.modelFolder, job.limits);
  const claims = readTrainerClaims(folder, job.contract);
  const inspected = inspectOnnx(folder.model);
  checkTensors(inspected, claims);
  await checkRows(job);
  const { dataFolder, contract } = job;
  const { scratchFolder } = deps;
  const splits = await openSplits({ dataFolder, scratchFolder, contract });
  try {
    const measured = await measure(job, { ...deps, splits, claims }, folder.model);
    const reference = await fitReference(job, splits, measured.train);
    const manifest = composeManifest({ job, folder, claims, inspected, reference });
    const { report } = measured;
    await writeResult(job.outputFolder, { model: folder.model, manifest, report });
    return { sha256: folder.sha256, rows: { ...report.rows } };
  } finally {
    splits.close();
  }
}

type Measured = { readonly report: EvaluationReport; readonly train: ScoredSplit };

async function measure(
  job: EvaluateJob,
  deps: EvaluateDeps & { readonly splits: Splits; readonly claims: TrainerClaims },
  bytes: Uint8Array,
): Promise<Measured> {
  const { clock, stopwatch, limits, splits, claims } = deps;
  const features = job.contract.features.length;
  const { input, output } = claims;
  const scorer = await openScorer(
    { program: deps.scoreProgram, clock, stopwatch, limits },
    { bytes, input: input.name, output: output.name, features },
  );
  try {
    const rows = await readProbeRows(splits, features);
    await probeModel(scorer, rows, features);
    const singleRowMs = await measureSingleRowMs(scorer, stopwatch, rows.slice(0, features));
    const { train, ...measured } = await measureSplits(job, { scorer, splits, claims });
    return { train, report: { ...measured, probe: { loadMs: scorer.loadMs, singleRowMs } } };
  } finally {
    await scorer.close();
  }
}

async function readProbeRows(splits: Splits, features: number): Promise<Float32Array> {
  for await (const batch of splits.read('validation', [])) {
    return batch.features.slice(0, PROBE_ROWS * features);
  }
  return new Float32Array(features);
}

async function measureSplits(
  job: EvaluateJob,
  deps: {
    readonly scorer: Scorer;
    readonly splits: Splits;
    readonly claims: TrainerClaims;
  },
): Promise<Omit<EvaluationReport, 'probe'> & { readonly train: ScoredSplit }> {
  const validation = await scoreSplit(deps, 'validation', []);
  const agreement = await compareScores(
    job.predictionsFile,
    deps.claims.manifest.metrics,
    validation,
  );
  const test = await scoreSplit(deps, 'test', job.slices);
  const train = await scoreSplit(deps, 'train', []);
  return {
    v: 1,
    runKey: job.runKey,
    rows: {
      train: train.labels.length,
      validation: validation.labels.length,
      test: test.labels.length,
    },
    metrics: measureModel(test, test.slices),
    agreement,
    train,
  };
}

/** On the rows that the model learned from: what it has seen is what it may be asked. */
async function fitReference(
  job: EvaluateJob,
  splits: Splits,
  train: ScoredSplit,
): Promise<DriftReference> {
  const features: ReferenceFeature[] = [];
  for (const feature of job.contract.features) {
    // One column at a time: all of them might not fit into memory.
    features.push(fitFeature(feature, await splits.readFeature('train', feature.name)));
  }
  return { rows: train.labels.length, features, score: fitScore(train.scores) };
}
