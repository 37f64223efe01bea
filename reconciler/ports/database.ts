export type SqlValue = string | number | boolean | null | readonly (string | null)[];

export interface SqlSession {
  /** One statement. Whole numbers come back as numbers, JSON columns as values. */
  query<Row extends object>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>;
}

/** One numbered step of a series; steps only go forward and are never edited once shipped. */
export type Migration = {
  /** Counts from 1 without gaps within its series. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
};

/**
 * One zone's SQL database. Calls are bounded in time. Whatever the server or the way to it fails
 * at is P401, with the remedy `retry` when the same call may succeed later; a call that failed so
 * may still have happened, hence callers repeat it only in a form that is safe to repeat.
 */
export interface Database extends SqlSession {
  /** `query` for what is asked very often: each connection plans it once. A name has one text. */
  queryPrepared<Row extends object>(
    name: string,
    text: string,
    values: readonly SqlValue[],
  ): Promise<readonly Row[]>;
  /** Work in one transaction: when this resolves, its writes are on stable storage. */
  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  /** Several reads that see one and the same state. */
  snapshot<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>;
  /**
   * Brings a series of tables to its last migration, all steps in one transaction; several
   * processes may call it at once. Throws P402 when the database is ahead of the series.
   */
  migrate(series: string, migrations: readonly Migration[]): Promise<void>;
  close(): Promise<void>;
}
