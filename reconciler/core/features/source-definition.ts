/** When the rows of a source could first be known. */
export type Availability =
  | { readonly column: string }
  /** So long after the event. */
  | { readonly delaySeconds: number }
  /** At the event itself, as the source's owner promises. */
  | { readonly eventTime: true };

export type ColumnType = 'string' | 'int64' | 'float64' | 'boolean' | 'timestamp';

export type SourceColumn = {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** The only values allowed; null for any. */
  readonly values: readonly string[] | null;
};

/** What a source's rows must be: the part of a DataSource that a snapshot depends on. */
export type SourceDefinition = {
  readonly v: 1;
  /** Namespace and name, such as `payments/transactions`. */
  readonly source: string;
  readonly format: 'csv' | 'parquet';
  readonly columns: readonly SourceColumn[];
  readonly eventTime: string;
  readonly availability: Availability;
  /** More bad rows than this share of all, and the whole state is refused. */
  readonly maxQuarantinedPercent: number;
};
