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
  const [first, ...rest] = records;
  if (first === undefined || first.isBlank) {
    throw new CodedError('P801', 'the file has no names of columns');
  }
  const header = first.fields.map((name) => name ?? '');
  // A blank line says nothing, except where it is the one field of a record.
  const kept = rest.filter(({ isBlank }) => !isBlank || header.length === 1);
  if (kept.some(({ fields }) => fields.length !== header.length)) {
    throw new CodedError('P801', `a record has not ${header.length} fields as the header has`);
  }
  return { header, records: kept.map(({ fields }) => fields) };
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

type CsvRecord = { readonly fields: readonly (string | null)[]; readonly isBlank: boolean };

function splitRecords(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  const lineEnds = new Set<string>();
  let fields: (string | null)[] = [];
  let place = 0;
  // A comma at the very end is followed by one more field, which is empty.
  while (place < text.length || fields.length > 0) {
    FIELD.lastIndex = place;
    const match = FIELD.exec(text);
    if (match === null) throw new CodedError('P801', 'the file has a quote in a wrong place');
    const [whole, quoted, plain, end = ''] = match;
    place += whole.length;
    fields.push((quoted?.replaceAll('""', '"') ?? plain) || null);
    if (end === ',') continue;
    if (end !== '') lineEnds.add(end);
    records.push({ fields, isBlank: fields.length === 1 && plain === '' });
    fields = [];
  }
  if (lineEnds.size > 1) throw new CodedError('P801', 'lines end in two ways');
  return records;
}
