import { createHash } from 'node:crypto';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { digestText } from '../../../core/contracts/digest.ts';
import type { SnapshotRecord } from '../../../core/contracts/generated/snapshot-record.generated.ts';
import { refuseTooManyBadRows } from '../../../core/features/bad-rows.ts';
import { toSourceDigest } from '../../../core/features/contract.ts';
import type { SourceDefinition } from '../../../core/features/source-definition.ts';
import type { Snapshots, StoredSnapshot } from '../../../ports/snapshots.ts';
import { type CheckedRows, type CheckedValue, checkRows } from './check-rows.ts';
import { readCsv } from './read-csv.ts';

/**
 * Snapshots in a table of files, as lines of JSON. It reads comma-separated values alone: Parquet
 * needs native code, which runs in a process of its own.
 */
export function createMemorySnapshots(deps: {
  /** A disk as a table of files by path: inputs are read from it, and rows are kept in it. */
  readonly files: Map<string, Uint8Array>;
}): Snapshots {
  const { files } = deps;
  const accepted = new Map<string, SnapshotRecord>();
  const stored = new Map<string, StoredSnapshot>();
  const toKey = (source: string, digest: string) => `${source}@${digest}`;
  const readWhole = (source: string): StoredSnapshot | null => {
    const record = accepted.get(source);
    if (record === undefined) return null;
    const { rowsFile } = stored.get(toKey(source, record.digest)) ?? { rowsFile: '' };
    return files.has(rowsFile) ? { record, rowsFile } : null;
  };
  return {
    async accept(source, inputFile) {
      const bytes = files.get(inputFile);
      if (bytes === undefined) throw new CodedError('P801', 'there is no file');
      if (source.format !== 'csv') throw new CodedError('P801', 'only CSV can be read in memory');
      const checked = checkRows(source, readCsv(bytes));
      refuseTooManyBadRows(source.maxQuarantinedPercent, checked.found);
      const text = toRowsText(source, checked);
      const record = toRecord(source, checked, { digest: digestText(text), bytes });
      const key = toKey(source.source, record.digest);
      const snapshot = { record, rowsFile: `memory:/snapshots/${key}` };
      files.set(snapshot.rowsFile, Buffer.from(text));
      if (!stored.has(key)) stored.set(key, snapshot);
      accepted.set(source.source, record);
      return snapshot;
    },

    readAccepted: async (source) => readWhole(source),

    async isCurrent(source, inputFile) {
      const record = readWhole(source.source)?.record;
      const bytes = files.get(inputFile);
      if (record === undefined || bytes === undefined) return false;
      const isSameDefinition = record.sourceDigest === toSourceDigest(source);
      return isSameDefinition && record.inputDigest === digestBytes(bytes);
    },

    async find(source, digest) {
      const snapshot = stored.get(toKey(source, digest));
      const bytes = files.get(snapshot?.rowsFile ?? '');
      if (snapshot === undefined || bytes === undefined) {
        throw new CodedError('P802', `the snapshot ${digest} of ${source} is missing`);
      }
      if (digestBytes(bytes) === digest) return snapshot;
      throw new CodedError('P802', `the snapshot ${digest} of ${source} is damaged`);
    },

    async remove(source) {
      accepted.delete(source);
      for (const [key, { rowsFile }] of stored) {
        if (!key.startsWith(`${source}@`)) continue;
        stored.delete(key);
        files.delete(rowsFile);
      }
    },
  };
}

/** In an order that does not depend on the one in which they came. */
function toRowsText(source: SourceDefinition, { rows }: CheckedRows): string {
  const names = source.columns.map(({ name }) => name);
  const lines = rows.map((row) =>
    JSON.stringify(row.map((value) => (typeof value === 'bigint' ? String(value) : value))),
  );
  return [JSON.stringify(names), ...lines.sort()].join('\n');
}

function toRecord(
  source: SourceDefinition,
  { rows, found }: CheckedRows,
  from: { readonly digest: string; readonly bytes: Uint8Array },
): SnapshotRecord {
  const eventIndex = source.columns.findIndex(({ name }) => name === source.eventTime);
  return {
    v: 1,
    source: source.source,
    digest: from.digest,
    sourceDigest: toSourceDigest(source),
    inputDigest: digestBytes(from.bytes),
    rows: rows.length,
    quarantined: found.reasons.map(({ reason, rows: bad }) => ({ reason, rows: bad })),
    watermark: {
      eventTime: toLatest(rows.map((row) => row[eventIndex] ?? null)),
      availableTime: toLatest(rows.map((row) => row.at(-1) ?? null)),
    },
  };
}

function toLatest(values: readonly CheckedValue[]): string | null {
  const times = values.map((value) => BigInt(String(value)));
  const latest = times.sort((left, right) => (left < right ? -1 : Number(left > right))).at(-1);
  if (latest === undefined) return null;
  const microseconds = ((latest % 1_000n) + 1_000n) % 1_000n;
  const date = new Date(Number((latest - microseconds) / 1_000n));
  return date.toISOString().replace('Z', `${String(microseconds).padStart(3, '0')}Z`);
}

function digestBytes(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
