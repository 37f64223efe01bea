import { CodedError, isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { toCodedText } from '../../../reconciler/core/contracts/coded-text.ts';
import { ERROR_CODES, type ErrorCode } from '../../../reconciler/core/contracts/error-codes.ts';

/** JSON text with its status; how it reaches the client is for `node-server.ts`. */
export type Answer = {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export function toJsonAnswer(value: unknown): Answer {
  return { status: 200, text: JSON.stringify(value) };
}

/** What a client did wrong has a status of its own; so has what may be well again soon. */
const STATUS_BY_CODE: ReadonlyMap<ErrorCode, number> = new Map([
  ['P701', 404],
  ['P702', 405],
  ['P703', 400],
  ['P705', 403],
  ['P706', 408],
  ['P709', 431],
  ['P710', 503],
  ['P821', 400],
  ['P822', 404],
  ['P823', 503],
  ['P824', 503],
  ['P825', 500],
  ['P826', 413],
  ['P827', 503],
]);

/**
 * Clients of the protocol read `error` and break on anything else. The messages of refusals are
 * ours and for the client; those of other failures name files and addresses and stay here.
 */
export function toErrorAnswer(error: unknown): Answer {
  const code = isCodedError(error) ? error.code : 'P606';
  const status = STATUS_BY_CODE.get(code);
  const message = status !== undefined && isCodedError(error) ? error.message : ERROR_CODES[code];
  const text = JSON.stringify({ error: toCodedText(code, message) });
  const headers = toHeaders(error, status);
  return { status: status ?? 500, text, ...(headers === null ? {} : { headers }) };
}

function toHeaders(
  error: unknown,
  status: number | undefined,
): Readonly<Record<string, string>> | null {
  if (status === 503) return { 'retry-after': '1' };
  if (status !== 405 || !isCodedError(error)) return null;
  return { allow: String(error.details['allow'] ?? '') };
}

/** What clients can cause at will is none: bad requests, full queues, rows that a model fails on. */
export function isOurFault(error: unknown): boolean {
  if (!isCodedError(error)) return true;
  if (error.code === 'P825') return error.remedy === 'retry';
  return error.code === 'P827' || !STATUS_BY_CODE.has(error.code);
}

export function toUnknownModel(name: string): CodedError {
  const shown = /^[\w.:-]{1,256}$/.test(name) ? name : '…';
  return new CodedError('P822', `Request for unknown model: '${shown}' is not found`);
}
