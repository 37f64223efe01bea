import type { Instant } from '../../../core/contracts/instant.ts';
import type { RunStatus } from '../../../core/runs/run-status.ts';
import type { RunRequest } from '../../../ports/runs.ts';
import type { RunFolder } from './folder-layout.ts';
import type { RunFiles } from './run-files.ts';

/** A process and what tells it from a later one with its id. */
export type ProcessMark = { readonly pid: number; readonly identity: string };

/** `run.json` */
export type RunRecord = { readonly sequence: number; readonly request: RunRequest };

/** `status.json`: where the run stands, and the leader of the group of programs under way. */
export type StatusRecord = {
  readonly status: RunStatus;
  readonly group: ProcessMark | null;
  /** No supervisor is started earlier: one that dies at once would otherwise do so all the time. */
  readonly notBefore?: Instant;
};

/** `claim.json`: the supervisor that answers for the run, and its slot. */
export type Claim = ProcessMark & { readonly slotFolder: string };

export const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_STATUS_BYTES = 64 * 1024;

export function toRecordText(record: RunRecord | StatusRecord | Claim): string {
  return `${JSON.stringify({ v: 1, ...record })}\n`;
}

/** Null when there is no run: also when its request cannot be read, for then nothing can be done. */
export async function readRunRecord(files: RunFiles, folder: RunFolder): Promise<RunRecord | null> {
  const value = parseVersioned(await files.readText(folder.request, MAX_RECORD_BYTES + 4096));
  const { sequence, request } = (value ?? {}) as Partial<RunRecord>;
  const isValid =
    typeof sequence === 'number' && Array.isArray(request?.steps) && request.limits !== undefined;
  return isValid && request !== undefined ? { sequence, request } : null;
}

/** Null when nothing was written yet, or when it cannot be read: then the run starts over. */
export async function readStatus(files: RunFiles, folder: RunFolder): Promise<StatusRecord | null> {
  const value = parseVersioned(await files.readText(folder.status, MAX_STATUS_BYTES));
  const { status, group, notBefore } = (value ?? {}) as Partial<StatusRecord>;
  const isValid =
    typeof status?.state === 'string' &&
    typeof status.runtimeMs === 'number' &&
    Array.isArray(status.doneSteps) &&
    typeof status.counters?.attempts === 'number';
  return isValid ? { status, group: group ?? null, notBefore: notBefore ?? 0 } : null;
}

export async function writeStatus(
  files: RunFiles,
  folder: RunFolder,
  record: StatusRecord,
  durability: 'durable' | 'volatile' = 'durable',
): Promise<void> {
  await files.writeWhole(folder.status, toRecordText(record), durability);
}

export function parseClaim(text: string | null): Claim | null {
  const value = (parseVersioned(text) ?? {}) as Partial<Claim>;
  const { pid, identity, slotFolder } = value;
  const isValid = typeof pid === 'number' && typeof identity === 'string';
  return isValid && typeof slotFolder === 'string' ? { pid, identity, slotFolder } : null;
}

export function parseMark(text: string | null): ProcessMark | null {
  const { pid, identity } = (parseVersioned(text) ?? {}) as Partial<ProcessMark>;
  return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity } : null;
}

function parseVersioned(text: string | null): object | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    const isOurs = typeof value === 'object' && value !== null && 'v' in value && value.v === 1;
    return isOurs ? value : null;
  } catch {
    return null;
  }
}
