import { CodedError } from '../../../core/contracts/coded-error.ts';

export type CsvTable = {
  readonly header: readonly string[];
  /** An empty field is null. */
  readonly records: readonly (readonly (string | null)[])[];
};

const FIELD = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;

/** Throws P801 when the bytes are no comma-separated values as RFC 4180 has them. */
export function readCsv(bytes: Uint8Array): CsvTable {
  if (bytes.length === 0) throw new CodedError('P801', 'the file is empty');
  const records = splitRecords(decode(bytes));
  const [header, ...rest] = records;
  if (header === undefined || header.every((name) => name === null)) {
    throw new CodedError('P801', 'the file has no names of columns');
  }
  const isBlank = (record: readonly unknown[]) =>
    header.length > 1 && record.length === 1 && record[0] === null;
  const kept = rest.filter((record) => !isBlank(record));
  if (kept.some((record) => record.length !== header.length)) {
    throw new CodedError('P801', `a record has not ${header.length} fields as the header has`);
  }
  return { header: header.map((name) => name ?? ''), records: kept };
}

function decode(bytes: Uint8Array): string {
  const text = toText(bytes).replace(/^\ufeff/, '');
  if (text.includes('\0')) throw new CodedError('P801', 'the file holds a NUL byte');
  return text;
}

function toText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new CodedError('P801', 'the file is no UTF-8 text');
  }
}

function splitRecords(text: string): readonly (readonly (string | null)[])[] {
  const records: (string | null)[][] = [[]];
  const lineEnds = new Set<string>();
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length || records.at(-1)?.length !== 0) {
    const match = FIELD.exec(text);
    if (match === null) throw new CodedError('P801', 'the file has a quote in a wrong place');
    const [, quoted, plain, end] = match;
    records.at(-1)?.push((quoted?.replaceAll('""', '"') ?? plain) || null);
    if (end === ',') continue;
    if (end === '') break;
    lineEnds.add(end ?? '');
    records.push([]);
  }
  if (lineEnds.size > 1) throw new CodedError('P801', 'lines end in two ways');
  return records.filter((record) => record.length > 0);
}
