export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type LogEntry = {
  readonly level: LogLevel;
  /** A stable kebab-case name, for machines: `effect-succeeded`. */
  readonly event: string;
  /** A sentence, for people. */
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
};

/** Where the reconciler says what it does. Writing never fails and never blocks the caller. */
export interface Log {
  /** Each entry is one line: control characters are escaped, known secrets are replaced. */
  write(entry: LogEntry): void;
}
