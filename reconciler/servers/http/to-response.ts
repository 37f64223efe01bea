import { isCodedError } from '../../core/contracts/coded-error.ts';
import { ERROR_CODES, type ErrorCode } from '../../core/contracts/error-codes.ts';
import type { Answer } from './answer.ts';

export type HttpResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

export type Outcome =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly error: unknown };

/** What a client did wrong has a status of its own; whatever else has a code is a part that is down. */
const STATUS_BY_CODE: ReadonlyMap<ErrorCode, number> = new Map([
  ['P701', 404],
  ['P702', 405],
  ['P703', 400],
  ['P704', 401],
  ['P705', 403],
  ['P706', 408],
  ['P707', 413],
  ['P708', 414],
  ['P709', 431],
]);

const EXTRA_HEADERS: ReadonlyMap<number, Readonly<Record<string, string>>> = new Map([
  [401, { 'www-authenticate': 'Bearer' }],
  [405, { allow: 'GET, HEAD' }],
  [503, { 'retry-after': '1' }],
]);

/** Nothing may embed, guess at, keep or read the answers, except who asked for them. */
const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const CONTENT_POLICY =
  "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The one place where a value or an error becomes a response. */
export function toResponse(outcome: Outcome): HttpResponse {
  if (outcome.kind === 'failed') return fromError(outcome.error);
  const { answer } = outcome;
  if (answer.kind === 'json') return toJsonResponse(answer.status, answer.body);
  const policy = `${CONTENT_POLICY}; style-src '${answer.styleDigest}'; img-src data:`;
  return complete(200, 'text/html; charset=utf-8', policy, answer.html);
}

/**
 * A refusal says what was wrong with the request. Of other coded failures only the title leaves
 * the process, since their messages name files and addresses, and of unknown ones not even that.
 */
function fromError(error: unknown): HttpResponse {
  if (!isCodedError(error)) return toErrorResponse(500, 'P606', null);
  const status = STATUS_BY_CODE.get(error.code);
  if (status !== undefined) return toErrorResponse(status, error.code, error.message);
  return toErrorResponse(error.code === 'P606' ? 500 : 503, error.code, null);
}

function toErrorResponse(status: number, code: ErrorCode, message: string | null): HttpResponse {
  const title = ERROR_CODES[code];
  return toJsonResponse(status, { v: 1, error: { code, title, message: message ?? title } });
}

function toJsonResponse(status: number, value: object): HttpResponse {
  return complete(status, 'application/json; charset=utf-8', CONTENT_POLICY, JSON.stringify(value));
}

function complete(status: number, type: string, policy: string, text: string): HttpResponse {
  const body = new TextEncoder().encode(text);
  const headers = {
    'content-type': type,
    'content-length': String(body.length),
    'content-security-policy': policy,
    ...SECURITY_HEADERS,
    ...EXTRA_HEADERS.get(status),
  };
  return { status, headers, body };
}
