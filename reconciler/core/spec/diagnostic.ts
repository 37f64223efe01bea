import type { ErrorCode } from '../contracts/error-codes.ts';

/** Where something stands in the platform repo; line and column count from 1. */
export type SourceLocation = {
  readonly path: string;
  readonly line: number;
  readonly column: number;
};

/** A mistake in the platform repo: what is wrong, where, and what to do. */
export type Diagnostic = {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly location: SourceLocation;
  readonly hint?: string;
  readonly related?: readonly { readonly message: string; readonly location: SourceLocation }[];
  /** Of what waits for another resource to be mended: its title, and that of the other. */
  readonly heldBack?: {
    readonly what: string;
    readonly by: string;
    /** Where the other one stands. */
    readonly at: SourceLocation;
  };
};

export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.severity === 'error';
}

/** File, line, column, code: the order in which a person walks through a repo. */
export function compareDiagnostics(left: Diagnostic, right: Diagnostic): number {
  const a = left.location;
  const b = right.location;
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  const byPlace = a.line - b.line || a.column - b.column;
  return (
    byPlace || compareTexts(left.code, right.code) || compareTexts(left.message, right.message)
  );
}

function compareTexts(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
