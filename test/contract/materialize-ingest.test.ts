import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, stat, statfs, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { SourceDefinition } from '../../reconciler/core/features/source-definition.ts';
import { readSpillMb } from '../../runners/materialize/duckdb-session.ts';
import { ingest } from '../../runners/materialize/ingest.ts';
import {
  createIngestFiles,
  findRefusal,
  GOOD,
  HEADER,
  type IngestFiles,
  SOURCE,
  toColumn,
} from '../support/ingest-files.ts';

let files: IngestFiles;
let folder = '';
beforeEach(async () => {
  files = await createIngestFiles();
  folder = files.folder;
});
afterEach(() => files.close());

const PARQUET: SourceDefinition = { ...SOURCE, format: 'parquet' };

/** A Parquet file of one row, whose columns are as `SOURCE` wants them but for some. */
async function writeParquet(columns: Readonly<Record<string, string>> = {}): Promise<string> {
  const all = {
    id: `'c-1'`,
    at: `TIMESTAMPTZ '2026-01-01T00:00:00Z'`,
    known_at: `TIMESTAMPTZ '2026-01-01T01:00:00Z'`,
    amount: '1.5::DOUBLE',
    count: '7::BIGINT',
    is_fraud: 'true',
    channel: `'chip'`,
    ...columns,
  };
  const file = join(folder, 'input.parquet');
  const list = Object.entries(all).map(([name, value]) => `${value} AS ${name}`);
  const rows = `SELECT ${list.join(', ')} FROM range(5000)`;
  await files.query(`COPY (${rows}) TO '${file}' (FORMAT parquet, COMPRESSION zstd)`);
  return file;
}

describe('ingest: reasons', () => {
  const T = '2026-01-01T00:00:00Z';
  it.each([
    [`,${T},${T},,,,`, 'id is missing'],
    [`${'x'.repeat(16_385)},${T},${T},,,,`, 'id is longer than 16384 bytes'],
    [`a,2026-01-01T00:00:00,${T},,,,`, 'at is no time with Z or an offset'],
    [`a,2026-02-30T00:00:00Z,${T},,,,`, 'at is no time with Z or an offset'],
    [`a,1767225600,${T},,,,`, 'at is no time with Z or an offset'],
    [`a,1899-12-31T23:59:59Z,${T},,,,`, 'at is outside the years 1900 to 2199'],
    [`a,${T},,,,,`, 'known_at is missing'],
    [`a,${T},${T},-0.01,,,`, 'amount is below the minimum'],
    [`a,${T},${T},100.5,,,`, 'amount is above the maximum'],
    [`a,${T},${T},NaN,,,`, 'amount is no number'],
    [`a,${T},${T},1e999,,,`, 'amount is not finite'],
    [`a,${T},${T},"1,5",,,`, 'amount is no number'],
    [`a,${T},${T},,1.5,,`, 'count is no whole number of 64 bits'],
    [`a,${T},${T},,9223372036854775808,,`, 'count is no whole number of 64 bits'],
    [`a,${T},${T},, 1,,`, 'count is no whole number of 64 bits'],
    [`a,${T},${T},,,1,`, 'is_fraud is neither true nor false'],
    [`a,${T},${T},,,,Chip`, 'channel is not among the allowed values'],
  ])('%s', async (row, reason) => {
    const { record } = await files.ingestText(SOURCE, `${HEADER}\n${GOOD}\n${row}\n`);
    expect(record.quarantined).toEqual([{ reason, rows: 1 }]);
    expect(record.rows).toBe(1);
  });

  it.each([
    ['nan', `'NaN'::DOUBLE`],
    ['infinity', `'-Infinity'::DOUBLE`],
  ])('counts %s in Parquet as not finite', async (_name, amount) => {
    const { record } = await files.ingestFile(PARQUET, await writeParquet({ amount }));
    expect(record.quarantined).toEqual([{ reason: 'amount is not finite', rows: 5000 }]);
  });

  it('counts times at infinity in Parquet as outside the years', async () => {
    const at = `TIMESTAMPTZ 'infinity'`;
    const { record } = await files.ingestFile(PARQUET, await writeParquet({ at }));
    expect(record.quarantined).toEqual([
      { reason: 'at is outside the years 1900 to 2199', rows: 5000 },
    ]);
  });

  it('sets bad rows aside as they came, with their number', async () => {
    const bad = 'c-9,2026-01-01T00:00:00Z,2026-01-01T01:00:00Z,much,7,true,chip';
    const { output } = await files.ingestText(SOURCE, `${HEADER}\n${GOOD}\n${bad}\n${GOOD}\n`);
    const [row, ...more] = await files.query(
      `SELECT * FROM '${join(output, 'quarantine.parquet')}'`,
    );
    expect(more).toEqual([]);
    const reason = { __row: 2n, __reason: 'amount is no number', id: 'c-9', amount: 'much' };
    expect(row).toMatchObject(reason);
  });

  it('refuses beyond the share of bad rows that a source bears, and not at it', async () => {
    const bad = GOOD.replace('1.5', '-1');
    const text = `${HEADER}\n${[GOOD, GOOD, GOOD, bad].join('\n')}\n`;
    const bearing = (maxQuarantinedPercent: number) => ({ ...SOURCE, maxQuarantinedPercent });
    expect(await findRefusal(files.ingestText(bearing(25), text))).toBeNull();
    expect(await findRefusal(files.ingestText(bearing(24.9), text))).toBe(
      '1 of 4 rows are bad, more than 24.9 %: amount is below the minimum (1, in row 4); the first row below the header is row 1',
    );
  });
});

describe('ingest: forms of CSV', () => {
  it.each([
    ['line feeds', `${HEADER}\n${GOOD}\n${GOOD}\n`, 2],
    ['no last line end', `${HEADER}\n${GOOD}\n${GOOD}`, 2],
    ['both line end characters', `${HEADER}\r\n${GOOD}\r\n${GOOD}\r\n`, 2],
    ['both, and no last line end', `${HEADER}\r\n${GOOD}`, 1],
    ['both, and a line feed inside quotes', `${HEADER}\r\n"c\n1"${GOOD.slice(3)}\r\n`, 1],
    ['a line end inside quotes', `${HEADER}\n"c\r\n1"${GOOD.slice(3)}\n${GOOD}\n`, 2],
    ['a byte order mark', `\ufeff${HEADER}\n${GOOD}\n`, 1],
    ['blank lines', `${HEADER}\n\n${GOOD}\n\n\n`, 1],
    ['only a header', HEADER, 0],
    ['columns in another order', `more,${HEADER}\n"x,y",${GOOD}\n`, 1],
  ])('reads %s', async (_name, text, rows) => {
    const { record } = await files.ingestText(SOURCE, text);
    expect([record.rows, record.quarantined]).toEqual([rows, []]);
  });
});

describe('ingest: hostile files', () => {
  it.each([
    ['an empty file', '', 'the file is empty'],
    ['no names', '\n1,2\n', 'line 1 is blank'],
    ['a missing column', 'id,at\n', 'no column known_at'],
    ['a column twice', `${HEADER},id\n`, 'the column id twice'],
    ['a name in another case', `${HEADER.replace('id', 'ID')}\n`, 'no column id'],
    ['too few fields', `${HEADER}\n${GOOD}\nc-1,2\n`, 'line 3 has 2 fields where the header has 7'],
    ['too many fields', `${HEADER}\n${GOOD},\n`, 'line 2 has 8 fields'],
    ['a quote never closed', `${HEADER}\n${GOOD}\n"c-1\n`, 'a quote that is never closed'],
    ['text after a quote', `${HEADER}\n"c"1${GOOD.slice(3)}\n`, 'goes on after a closing quote'],
    ['a quote inside', `${HEADER}\nc"1${GOOD.slice(3)}\n`, 'a quote inside an unquoted field'],
    ['a NUL byte', `${HEADER}\n\0${GOOD}\n`, 'line 2 holds a NUL byte'],
    ['two line ends', `${HEADER}\r\n${GOOD}\n`, 'line 2 ends otherwise'],
    ['an enormous field', `${HEADER}\n${'x'.repeat(2 ** 20)}${GOOD}\n`, 'more than 1048576 bytes'],
    ['an enormous header', `${'x,'.repeat(5_000)}\n`, 'more than 4096 fields'],
    ['no UTF-8', Buffer.from(`${HEADER}\ncaf\xe9${GOOD}\n`, 'latin1'), 'no UTF-8 text'],
    ['a Parquet file', Buffer.from('PAR1\0\0\0\0PAR1'), 'line 1 holds a NUL byte'],
  ])('refuses as CSV: %s', async (_name, text, words) => {
    expect(await findRefusal(files.ingestText(SOURCE, text))).toContain(words);
  });

  it.each([
    ['an empty file', '', 'the file is empty'],
    ['text', GOOD, 'is no Parquet file'],
    ['marks around nothing', 'PAR1PAR1', 'damaged or cut off'],
    ['marks around nonsense', `PAR1${'\xff'.repeat(100)}PAR1`, 'damaged or cut off'],
    ['half a mark', 'PAR', 'is no Parquet file'],
  ])('refuses as Parquet: %s', async (_name, text, words) => {
    const refused = findRefusal(files.ingestText(PARQUET, Buffer.from(text, 'latin1')));
    expect(await refused).toContain(words);
  });

  it('refuses a Parquet file that was cut off or overwritten in the middle', async () => {
    const whole = await readFile(await writeParquet({ id: 'md5(range::VARCHAR)' }));
    const cut = whole.subarray(0, whole.length - 100);
    expect(await findRefusal(files.ingestText(PARQUET, cut))).toContain('cut off');
    const holed = Buffer.from(whole).fill(0xff, 200, whole.length - 3_000);
    expect(await findRefusal(files.ingestText(PARQUET, holed))).toContain('damaged');
  });

  it.each([
    ['at', `TIMESTAMP '2026-01-01T00:00:00'`, 'has times without a time zone'],
    ['at', `'2026-01-01T00:00:00Z'`, 'does not fit timestamp'],
    ['amount', `'1.5'`, 'does not fit float64'],
    ['amount', '1::BIGINT', 'does not fit float64'],
    ['count', '1.5::DOUBLE', 'does not fit int64'],
    ['count', '1::UBIGINT', 'does not fit int64'],
    ['is_fraud', '1', 'does not fit boolean'],
    ['id', '1', 'does not fit string'],
    ['id', `['a']`, 'does not fit string'],
  ])('refuses in Parquet the column %s as %s', async (name, value, words) => {
    const refused = findRefusal(files.ingestFile(PARQUET, await writeParquet({ [name]: value })));
    expect(await refused).toContain(words);
  });

  it('takes narrower types in Parquet, and leaves out what is not declared', async () => {
    const file = await writeParquet({ amount: '1.5::FLOAT', count: '7::UTINYINT', more: '1' });
    const { record, output } = await files.ingestFile(PARQUET, file);
    const [row] = await files.query(`SELECT * FROM '${join(output, 'rows.parquet')}' LIMIT 1`);
    expect(record.rows).toBe(5_000);
    expect(Object.keys(row ?? {})).toEqual([...HEADER.split(','), '__available_at', '__sequence']);
    expect(row).toMatchObject({ amount: 1.5, count: 7n });
  });

  it('refuses whatever is no plain file, without waiting for it', async () => {
    const paths = ['missing', 'folder', 'link', 'pipe', 'input/below'];
    const [missing = '', folderPath = '', link = '', pipe = ''] = paths.map((name) =>
      join(folder, name),
    );
    await writeFile(join(folder, 'input'), `${HEADER}\n`);
    await mkdir(folderPath);
    await symlink(join(folder, 'input'), link);
    await promisify(execFile)('mkfifo', [pipe]);
    for (const path of [missing, folderPath, link, pipe, join(folder, 'input', 'below')]) {
      expect(await findRefusal(files.ingestFile(SOURCE, path)), path).toContain('there is no file');
    }
  });

  it('refuses a file that a link leads to, put there after it was located', async () => {
    const located = join(folder, 'connection', 'day', 'input');
    const elsewhere = join(folder, 'elsewhere', 'day');
    for (const place of [join(folder, 'connection', 'day'), elsewhere]) {
      await mkdir(place, { recursive: true });
      await writeFile(join(place, 'input'), `${HEADER}\n${GOOD}\n`);
    }
    expect(await findRefusal(files.ingestFile(SOURCE, located))).toBeNull();
    await rename(join(folder, 'connection', 'day'), join(folder, 'connection', 'before'));
    await symlink(elsewhere, join(folder, 'connection', 'day'));
    expect(await findRefusal(files.ingestFile(SOURCE, located))).toContain('a link leads to');
    await rename(join(folder, 'connection'), join(folder, 'before'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'connection'));
    expect(await findRefusal(files.ingestFile(SOURCE, located))).toContain('a link leads to');
  });

  it('reads a file whose path would be a pattern to DuckDB', async () => {
    const odd = join(folder, `a[b]*?'"`);
    await mkdir(odd);
    await writeFile(join(odd, 'input.csv'), `${HEADER}\n${GOOD}\n`);
    const output = join(odd, 'output');
    const job = {
      v: 1,
      source: SOURCE,
      inputFile: join(odd, 'input.csv'),
      outputFolder: output,
    };
    await ingest(job, { resolvePath: (path) => path, scratchFolder: join(odd, 'scratch') });
    expect((await stat(join(output, 'rows.parquet'))).size).toBeGreaterThan(0);
  });

  it('never quotes a value in what it refuses', async () => {
    const bad = GOOD.replace('1.5', '4242424242');
    const strict = { ...SOURCE, maxQuarantinedPercent: 0 };
    for (const text of [`${HEADER}\n${bad}\n`, `${HEADER}\n${bad},x\n`, `${HEADER}\n"${bad}\n`]) {
      const message = await findRefusal(files.ingestText(strict, text));
      expect(message).not.toBeNull();
      expect(message).not.toContain('4242424242');
    }
  });
});

describe('ingest: the job', () => {
  it.each([
    ['/v', { v: 2 }],
    ['/source', { source: 1 }],
    ['the whole', { more: 1 }],
    [
      '/source/columns/0/type',
      { source: { ...SOURCE, columns: [toColumn('a', 'string', { type: 'x' as 'string' })] } },
    ],
    [
      '/source/columns/1',
      { source: { ...SOURCE, columns: [toColumn('a', 'string'), toColumn('A', 'string')] } },
    ],
    ['/source/columns/0/name', { source: { ...SOURCE, columns: [toColumn('__row', 'string')] } }],
    ['/source/eventTime', { source: { ...SOURCE, eventTime: 'amount' } }],
    [
      '/source/columns/0',
      { source: { ...SOURCE, columns: [toColumn('a', 'string', { minimum: 1 })] } },
    ],
    ['/source/availability', { source: { ...SOURCE, availability: { delaySeconds: -1 } } }],
  ])('is refused at %s', async (where, change) => {
    const job = { v: 1, source: SOURCE, inputFile: 'a', outputFolder: folder, ...change };
    const deps = { resolvePath: (path: string) => path, scratchFolder: join(folder, 'scratch') };
    const ingesting = ingest(job, deps);
    await expect(ingesting).rejects.toThrow(`malformed at ${where}`);
    await expect(ingesting).rejects.toSatisfy((error) => isCodedError(error, 'P808'));
  });
});

describe('ingest: rows that do not fit into memory', () => {
  it('leave half of the free disk to the others on it', async () => {
    const { bavail, bsize } = await statfs(folder);
    const spillMb = await readSpillMb(folder);
    expect(spillMb).toBeLessThanOrEqual(32 * 1024);
    // Others write to it meanwhile.
    expect(spillMb).toBeLessThan((0.6 * bavail * bsize) / 2 ** 20);
  });
});
