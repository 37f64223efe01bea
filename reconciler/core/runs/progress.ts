import { isJsonObject } from '../contracts/json.ts';

/** Longer lines are no progress lines. */
const MAX_LINE_BYTES = 4096;

/** What a program has said of itself last; null where it did not. */
export type RunProgress = {
  readonly percent: number | null;
  readonly step: number | null;
};

/**
 * The newest line that can be read, from the end of a progress file; null when there is none. What
 * is malformed or too long is passed over: a report never fails a training.
 */
export function parseProgress(text: string): RunProgress | null {
  const lines = text.split('\n');
  // What follows the last line feed is still being written.
  for (let index = lines.length - 2; index >= 0; index -= 1) {
    const line = lines[index] ?? '';
    const progress = line.length > MAX_LINE_BYTES ? null : parseLine(line);
    if (progress !== null) return progress;
  }
  return null;
}

function parseLine(line: string): RunProgress | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isJsonObject(value)) return null;
  const { progressPercentage, step } = value;
  const progress = { percent: toPercent(progressPercentage), step: toStep(step) };
  return progress.percent === null && progress.step === null ? null : progress;
}

function toPercent(value: unknown): number | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  return Math.min(100, Math.max(0, value));
}

function toStep(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}
