import type { EvaluationReport } from '../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import type { ModelManifest } from '../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import type { VersionRecord } from '../../reconciler/core/contracts/generated/version-record.generated.ts';

export function makeReport(
  runKey: string,
  metrics: EvaluationReport['metrics'] = [],
): EvaluationReport {
  return {
    v: 1,
    runKey,
    rows: { train: 800, validation: 100, test: 100 },
    metrics,
    agreement: { rows: 100, largestDifference: 0, trainerAuc: 0.9, ourAuc: 0.9 },
    probe: { loadMs: 1, singleRowMs: 0.1 },
  };
}

/** What a publication would say of a manifest. */
export function makeRecord(
  manifest: ModelManifest,
  fields: Partial<VersionRecord> = {},
): Omit<VersionRecord, 'version'> {
  const { runKey, modelDigest, trainerDigest, seed } = manifest.training;
  return {
    v: 1,
    model: 'payments/fraud',
    runKey,
    modelDigest,
    trainerDigest,
    snapshots: [],
    seed,
    attempts: 1,
    wallSeconds: 2.5,
    evaluation: makeReport(runKey),
    gates: [],
    publishedAt: '2026-06-02T08:00:00.000Z',
    ...fields,
  };
}
