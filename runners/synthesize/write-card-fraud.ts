import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, DuckDBTimestampTZValue } from '@duckdb/node-api';
import { toRfc3339 } from '../../reconciler/core/contracts/instant.ts';
import { toSqlText } from '../../reconciler/core/features/sql-text.ts';
import type { CardFraud, Label, Transaction } from './card-fraud.ts';

/** Enough for the largest job; one thread writes the rows in the order they came. */
const SETTINGS = {
  threads: '1',
  memory_limit: '1GiB',
  preserve_insertion_order: 'true',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

const TRANSACTIONS = `CREATE TABLE transactions (
  transaction_id VARCHAR, customer_id VARCHAR, event_time TIMESTAMPTZ, available_time TIMESTAMPTZ,
  amount DOUBLE, merchant_category VARCHAR, channel VARCHAR, country VARCHAR)`;

/** Times are text here: a file of text has no types, so it says the zone of each. */
const LABELS = `CREATE TABLE labels (
  transaction_id VARCHAR, customer_id VARCHAR, event_time VARCHAR, label_available_time VARCHAR,
  amount DOUBLE, merchant_category VARCHAR, channel VARCHAR, customer_group VARCHAR,
  is_fraud BOOLEAN)`;

/** `transactions.parquet` and `labelled-transactions.csv`. */
export async function writeCardFraud(folder: string, tables: CardFraud): Promise<void> {
  const spillFolder = await mkdtemp(join(folder, '.spill-'));
  const instance = await DuckDBInstance.create(':memory:', {
    ...SETTINGS,
    temp_directory: spillFolder,
  });
  const connection = await instance.connect();
  try {
    await connection.run(`SET TimeZone = 'UTC'; ${TRANSACTIONS}; ${LABELS}`);
    await append(connection, tables);
    const toFile = (name: string) => toSqlText(join(folder, name));
    await connection.run(
      `COPY transactions TO ${toFile('transactions.parquet')} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`,
    );
    await connection.run(
      `COPY labels TO ${toFile('labelled-transactions.csv')} (FORMAT csv, HEADER, DELIMITER ',')`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
    await rm(spillFolder, { recursive: true, force: true });
  }
}

async function append(connection: DuckDBConnection, tables: CardFraud): Promise<void> {
  const transactions = await connection.createAppender('transactions');
  for (const row of tables.transactions) {
    for (const value of toTransactionRow(row)) transactions.appendValue(value);
    transactions.endRow();
  }
  transactions.closeSync();
  const labels = await connection.createAppender('labels');
  for (const row of tables.labels) {
    for (const value of toLabelRow(row)) labels.appendValue(value);
    labels.endRow();
  }
  labels.closeSync();
}

function toTransactionRow(row: Transaction) {
  const toTimestamp = (timeMs: number) => new DuckDBTimestampTZValue(BigInt(timeMs) * 1000n);
  return [
    row.transactionId,
    row.customerId,
    toTimestamp(row.eventTimeMs),
    toTimestamp(row.availableTimeMs),
    row.amount,
    row.category,
    row.channel,
    row.country,
  ];
}

function toLabelRow({ transaction, labelAvailableTimeMs, customerGroup, isFraud }: Label) {
  return [
    transaction.transactionId,
    transaction.customerId,
    toRfc3339(transaction.eventTimeMs),
    toRfc3339(labelAvailableTimeMs),
    transaction.amount,
    transaction.category,
    transaction.channel,
    customerGroup,
    isFraud,
  ];
}
