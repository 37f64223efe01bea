import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { EvaluationReport } from '../../reconciler/core/contracts/generated/evaluation-report.generated.ts';
import type { TrainerManifest } from '../../reconciler/core/contracts/generated/trainer-manifest.generated.ts';
import { hasErrorCode } from '../../reconciler/core/contracts/has-error-code.ts';
import { measureAreaUnderCurve } from '../../reconciler/core/evaluation/delong.ts';
import type { LabelledScores } from '../../reconciler/core/evaluation/labelled-scores.ts';
import { fault, refuse } from './refuse.ts';

/** A file of float32 numbers beside a library that computes in doubles. */
const TOLERANCE = 1e-4;

/** Between the trainer's figure and what its own scores give: it may break ties in another way. */
const CLAIM_TOLERANCE = 1e-3;

/** A score as text, with its comma. */
const MAX_SCORE_BYTES = 32;

/** Whether the file that the trainer left is the model that it trained. */
export async function compareScores(
  predictionsFile: string,
  claimed: TrainerManifest['metrics'],
  ours: LabelledScores,
): Promise<EvaluationReport['agreement']> {
  const { labels, scores } = ours;
  const theirs = await readScores(predictionsFile, labels.length);
  const largestDifference = theirs.reduce(
    (largest, score, row) => Math.max(largest, Math.abs(score - (scores[row] as number))),
    0,
  );
  if (!(largestDifference <= TOLERANCE)) {
    throw refuse(
      `model.onnx is not the model that was trained: its scores of the validation rows differ from the trainer's by up to ${largestDifference.toPrecision(2)}`,
    );
  }
  const rows = labels.length;
  const trainerAuc = measureAreaUnderCurve({ labels, scores: theirs })?.value;
  const ourAuc = measureAreaUnderCurve(ours)?.value;
  if (trainerAuc === undefined || ourAuc === undefined) {
    throw fault('the validation rows have labels of one kind only');
  }
  checkClaim(claimed, trainerAuc);
  return { rows, largestDifference, trainerAuc, ourAuc };
}

/** A trainer need not say how good its model is, but what it says must be so. */
function checkClaim(claimed: TrainerManifest['metrics'], auc: number): void {
  for (const { name, split, value } of claimed) {
    if (name !== 'auc' || split !== 'validation') continue;
    if (Math.abs(value - auc) <= CLAIM_TOLERANCE) continue;
    const [said, is] = [value.toFixed(4), auc.toFixed(4)];
    throw refuse(
      `manifest.json says that auc is ${said} on validation, but by its scores it is ${is}`,
    );
  }
}

async function readScores(path: string, rows: number): Promise<Float64Array> {
  const value = parse(await readBounded(path, rows * MAX_SCORE_BYTES + 1024));
  const scores = value?.v === 1 && Array.isArray(value.scores) ? (value.scores as unknown[]) : null;
  if (scores === null)
    throw refuse("scores.json is not the trainer's scores: {v: 1, scores: [...]}");
  if (scores.length !== rows) {
    throw refuse(`scores.json has ${scores.length} scores for ${rows} validation rows`);
  }
  return Float64Array.from(scores, (score) => {
    if (typeof score === 'number' && score >= 0 && score <= 1) return score;
    throw refuse('scores.json has a score that is no number from 0 to 1');
  });
}

function parse(text: string): { readonly v?: unknown; readonly scores?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

async function readBounded(path: string, maxBytes: number): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO')) throw error;
    throw refuse('the trainer left no scores.json of the validation rows');
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > maxBytes) {
      throw refuse(`scores.json is no plain file of at most ${maxBytes} bytes`);
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}
