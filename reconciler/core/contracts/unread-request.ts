import { CodedError } from './coded-error.ts';
import type { ErrorCode } from './error-codes.ts';

type Why = readonly [code: ErrorCode, message: string];

const WHY_BY_FAILURE: ReadonlyMap<string | undefined, Why> = new Map([
  ['HPE_HEADER_OVERFLOW', ['P709', 'the header lines are too large together']],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['P706', 'the request did not arrive in time']],
]);

/** Why bytes never became a request, by the code that Node's HTTP server gives the failure. */
export function toUnreadError(failureCode: string | undefined): CodedError {
  const [code, message] = WHY_BY_FAILURE.get(failureCode) ?? ['P703', 'this is no HTTP request'];
  return new CodedError(code, message);
}
