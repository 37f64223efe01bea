import { CodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type {
  ColumnType,
  SourceColumn,
  SourceDefinition,
} from '../../reconciler/core/features/source-definition.ts';
import { toSqlName, toSqlPath, toSqlText } from '../../reconciler/core/features/sql-text.ts';
import { type CsvScan, MAX_RECORD_BYTES } from './csv-scanner.ts';
import { type DuckdbSession, readColumnTypes } from './duckdb-session.ts';

/** A file as SQL: its rows, and for each declared column what stands there and what it means. */
export type InputTable = {
  readonly from: string;
  readonly columns: readonly InputColumn[];
};

export type InputColumn = {
  /** As text, for the quarantine. */
  readonly text: string;
  /** Of the declared type; null where the text is none. */
  readonly value: string;
  /** Whether anything stands there. */
  readonly isThere: string;
};

/** What a text must look like, so that nothing is guessed: DuckDB would round 1.5 to a whole 2. */
const TEXT_FORMS: Readonly<Record<ColumnType, string | null>> = {
  string: null,
  int64: '[+-]?[0-9]{1,19}',
  float64: '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?',
  boolean: '(?i:true|false)',
  timestamp:
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])',
};

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  string: 'VARCHAR',
  int64: 'BIGINT',
  float64: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMPTZ',
};

/** Types whose every value the declared type holds exactly. */
const FITTING_TYPES: Readonly<Record<ColumnType, RegExp>> = {
  string: /^(VARCHAR|ENUM\(.*\))$/,
  int64: /^(TINYINT|SMALLINT|INTEGER|BIGINT|UTINYINT|USMALLINT|UINTEGER)$/,
  float64: /^(FLOAT|DOUBLE|TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER)$/,
  boolean: /^BOOLEAN$/,
  timestamp: /^TIMESTAMP WITH TIME ZONE$/,
};

/** Other columns of the file are left out. Throws P801 when a declared one is missing. */
export function toCsvTable(source: SourceDefinition, path: string, scan: CsvScan): InputTable {
  const names = scan.header.map((_, index) => `${toSqlText(`c${index}`)}: 'VARCHAR'`);
  const options = [
    ...['auto_detect = false', 'header = true', `delim = ','`, `quote = '"'`, `escape = '"'`],
    ...[`comment = ''`, `nullstr = ''`, 'strict_mode = true', 'parallel = false'],
    ...[`compression = 'none'`],
    ...[`max_line_size = ${2 * MAX_RECORD_BYTES}`, `columns = {${names.join(', ')}}`],
  ];
  return {
    from: `read_csv(${toSqlPath(path)}, ${options.join(', ')})`,
    columns: source.columns.map((column) => toCsvColumn(column, findInHeader(scan, column.name))),
  };
}

function findInHeader(scan: CsvScan, name: string): number {
  const index = scan.header.indexOf(name);
  if (index === -1) throw toMissing(name);
  if (scan.header.lastIndexOf(name) !== index) {
    throw new CodedError('P801', `the file has the column ${name} twice`);
  }
  return index;
}

function toCsvColumn({ type }: SourceColumn, index: number): InputColumn {
  const text = `c${index}`;
  const form = TEXT_FORMS[type];
  const cast = `TRY_CAST(${text} AS ${SQL_TYPES[type]})`;
  return {
    text,
    value:
      form === null
        ? text
        : `CASE WHEN regexp_full_match(${text}, ${toSqlText(form)}) THEN ${normalised(type, cast)} END`,
    isThere: `${text} IS NOT NULL`,
  };
}

/** Throws P801 when a declared column is missing or has a type that does not fit. */
export async function readParquetTable(
  session: DuckdbSession,
  source: SourceDefinition,
  path: string,
): Promise<InputTable> {
  const from = `read_parquet(${toSqlPath(path)})`;
  const types = await readColumnTypes(session, from);
  return {
    from,
    columns: source.columns.map((column) => toParquetColumn(column, types.get(column.name))),
  };
}

function toParquetColumn({ name, type }: SourceColumn, there: string | undefined): InputColumn {
  if (there === undefined) throw toMissing(name);
  if (type === 'timestamp' && there.startsWith('TIMESTAMP') && !there.includes('ZONE')) {
    const message = `the column ${name} has times without a time zone: write them in UTC, marked as such`;
    throw new CodedError('P801', message);
  }
  if (!FITTING_TYPES[type].test(there)) {
    const message = `the column ${name} has the type ${there.slice(0, 64)}, which does not fit ${type}`;
    throw new CodedError('P801', message);
  }
  const column = toSqlName(name);
  return {
    text: `CAST(${column} AS VARCHAR)`,
    value: normalised(type, `CAST(${column} AS ${SQL_TYPES[type]})`),
    isThere: `${column} IS NOT NULL`,
  };
}

/** Zero has one form: the two are equal in any order, and differ in bytes. */
function normalised(type: ColumnType, value: string): string {
  return type === 'float64' ? `${value} + 0.0::DOUBLE` : value;
}

function toMissing(name: string): CodedError {
  return new CodedError('P801', `the file has no column ${name}`);
}
