import type { ErrorCode } from './error-codes.ts';

/** `retry`: the same call may succeed later. `stop`: it will fail again until something changes. */
export type Remedy = 'retry' | 'stop';

/**
 * A failure of the world outside: a process, a disk, a database, a person's command line.
 * Mistakes in the platform repo are diagnostics instead, and broken promises of our own are
 * assertions. `details` never hold a secret or a row of data.
 */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly remedy: Remedy;
  readonly details: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly remedy?: Remedy;
      readonly details?: Readonly<Record<string, string | number | boolean>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CodedError';
    this.code = code;
    this.remedy = options.remedy ?? 'stop';
    this.details = options.details ?? {};
  }
}

export function isCodedError(value: unknown, code?: ErrorCode): value is CodedError {
  return value instanceof CodedError && (code === undefined || value.code === code);
}
