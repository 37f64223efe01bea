import type { ErrorCode } from '../contracts/error-codes.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Ref } from '../contracts/ref.ts';
import type { Position } from './line-index.ts';

/**
 * What one file's bytes say, as plain JSON and without its path: a cache may keep it by the
 * blob's oid, and one blob may stand at many paths.
 */
export type ParsedFile = {
  readonly documents: readonly ParsedDocument[];
  /** Documents of ours with mistakes in them. */
  readonly broken: readonly BrokenDocument[];
  readonly diagnostics: readonly LocalDiagnostic[];
  /** Mistakes beyond the limit, counted only. */
  readonly omittedDiagnostics: number;
  /** Documents of other APIs that stand in a file with ours. */
  readonly ignoredDocuments: number;
  /** Whether the file does not name our API at all; then nothing in it was read. */
  readonly isForeign: boolean;
};

export type ParsedDocument = {
  readonly ref: Ref;
  readonly labels: Readonly<Record<string, string>>;
  readonly formerly: readonly string[];
  readonly spec: JsonObject;
  readonly form: NormalForm;
  readonly position: Position;
  readonly positions: Readonly<Record<string, Position>>;
};

export type BrokenDocument = {
  /** Null when not even that can be read. */
  readonly kind: string | null;
  /** Null when it cannot be read which resource this is. */
  readonly ref: Ref | null;
  readonly position: Position;
  /** False when `ref` is missing or a guess behind a syntax error: then nothing may be removed. */
  readonly isCertain: boolean;
};

export type LocalDiagnostic = {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly position: Position;
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly position: Position }[];
};
