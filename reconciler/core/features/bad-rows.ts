import { CodedError } from '../contracts/coded-error.ts';

export type BadRows = {
  /** Good and bad. */
  readonly rows: number;
  readonly badRows: number;
  /** The most frequent first. */
  readonly reasons: readonly BadRowReason[];
};

export type BadRowReason = {
  /** It names a column and a rule, and never a value. */
  readonly reason: string;
  readonly rows: number;
  /** Numbers of the first of them, at most `MAX_FIRST_ROWS`. */
  readonly firstRows: readonly number[];
};

/** Enough to find a row in its file; a message is no report. */
export const MAX_FIRST_ROWS = 3;

/** In a message that a person reads. */
const MAX_REASONS_SAID = 8;

/**
 * A file is refused as a whole when more of its rows are bad than its source bears. Nothing of it
 * is kept, so the message says where to look. Throws P801.
 */
export function refuseTooManyBadRows(maxQuarantinedPercent: number, found: BadRows): void {
  const { rows, badRows, reasons } = found;
  if (badRows * 100 <= maxQuarantinedPercent * rows) return;
  const said = reasons.slice(0, MAX_REASONS_SAID).map(describeReason);
  const rest = reasons.length - said.length;
  const more = rest > 0 ? ` and ${rest} reasons more` : '';
  const limit = `more than ${maxQuarantinedPercent} %`;
  throw new CodedError(
    'P801',
    `${badRows} of ${rows} rows are bad, ${limit}: ${said.join(', ')}${more}; the first row below the header is row 1`,
  );
}

function describeReason({ reason, rows, firstRows }: BadRowReason): string {
  if (firstRows.length === 0) return `${reason} (${rows})`;
  const first = firstRows.length < rows ? 'first ' : '';
  const word = firstRows.length === 1 ? 'row' : 'rows';
  return `${reason} (${rows}, ${first}in ${word} ${firstRows.join(', ')})`;
}
