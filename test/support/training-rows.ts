import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Text, so that what JSON cannot carry can be said: `nan`, `inf`, a float32 digit by digit. */
export type TrainingCell = string;

export const FEATURES: readonly string[] = ['amount', 'count', 'ratio', 'category', 'gap', 'noise'];

/** In [0, 1), the same for the same row and purpose. */
const draw = (purpose: number) => `((hash(i * 31 + ${purpose}) % 1000003)::DOUBLE / 1000003)`;

/** Every tenth value is missing where values may be; `count` and `category` are never missing. */
const COLUMNS = [
  `CASE WHEN ${draw(11)} < 0.1 THEN 'nan'::FLOAT ELSE (${draw(1)} * 8 - 4)::FLOAT END AS amount`,
  `floor(${draw(2)} * 12)::FLOAT AS count`,
  `CASE WHEN ${draw(13)} < 0.1 THEN NULL ELSE (round(${draw(3)} * 64) / 64)::FLOAT END AS ratio`,
  `(floor(${draw(4)} * 6) - 1)::FLOAT AS category`,
  `CASE WHEN ${draw(14)} < 0.3 THEN 0::FLOAT ELSE (${draw(5)} * 2e-3 - 1e-3)::FLOAT END AS gap`,
  `(${draw(6)} * 1e6)::FLOAT AS noise`,
];

const MARGIN = `coalesce(nullif(amount, 'nan'::FLOAT), 0.5) * 0.8 + CASE category WHEN 2 THEN 1.5 ELSE 0 END
  + count * coalesce(ratio, 0.2) * 0.2 + gap * 900 - 2`;

/** Made-up rows with something to learn from, as a training set has them. */
export async function writeTrainingRows(input: {
  readonly baseFolder: string;
  readonly trainRows: number;
  readonly validationRows: number;
}): Promise<void> {
  const channels = [
    ['train', 0, input.trainRows],
    ['validation', input.trainRows, input.validationRows],
  ] as const;
  for (const [channel, first, rows] of channels) {
    await writeChannel(
      input.baseFolder,
      channel,
      `SELECT ${FEATURES.join(', ')},
              (${draw(99)} < 1 / (1 + exp(-(${MARGIN}))))::INTEGER AS label
       FROM (SELECT i, ${COLUMNS.join(', ')} FROM range(${first}, ${first + rows}) AS rows(i))
       ORDER BY i`,
    );
  }
}

/** The rows of a query as the only file of a channel. */
export async function writeChannel(
  baseFolder: string,
  channel: string,
  query: string,
): Promise<void> {
  const folder = join(baseFolder, 'input/data', channel);
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'data.parquet');
  await withDuckDb((connection) => connection.run(`COPY (${query}) TO '${file}' (FORMAT parquet)`));
}

export async function writeGivenRows(
  baseFolder: string,
  channel: string,
  rows: readonly (readonly TrainingCell[])[],
): Promise<void> {
  const values = rows.map((row, index) => {
    const cells = row.map((cell) => (cell === 'null' ? 'NULL' : `'${cell}'::FLOAT`));
    return `(${index}, ${cells.join(', ')}, ${index % 2})`;
  });
  const columns = ['i', ...FEATURES, 'label'];
  await writeChannel(
    baseFolder,
    channel,
    `SELECT ${FEATURES.join(', ')}, label::INTEGER AS label
     FROM (VALUES ${values.join(', ')}) AS given(${columns.join(', ')}) ORDER BY i`,
  );
}

/** Row by row, and the labels: missing values are NaN, as a model gets them. */
export async function readChannel(baseFolder: string, channel: string) {
  const file = join(baseFolder, 'input/data', channel, 'data.parquet');
  return withDuckDb(async (connection) => {
    const reader = await connection.runAndReadAll(`SELECT * FROM '${file}'`);
    const rows = reader.getRows();
    const width = FEATURES.length;
    const features = Float32Array.from(
      rows.flatMap((row) =>
        row.slice(0, width).map((cell) => (cell === null ? Number.NaN : Number(cell))),
      ),
    );
    return { rows: rows.length, features, labels: rows.map((row) => Number(row[width])) };
  });
}

async function withDuckDb<T>(act: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    return await act(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
