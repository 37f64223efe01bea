import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

/** `P803 cancelled`: a failure where only text gets through. */
export function toCodedText(code: ErrorCode, reason: string): string {
  return `${code} ${reason}`;
}

/** Null for text that does not begin with a code of ours. */
export function parseCodedText(
  text: string,
): { readonly code: ErrorCode; readonly reason: string } | null {
  const [, code = '', reason = ''] = /^(P\d{3}) ([\s\S]+)$/.exec(text) ?? [];
  return Object.hasOwn(ERROR_CODES, code) ? { code: code as ErrorCode, reason } : null;
}
