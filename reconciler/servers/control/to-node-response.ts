import { isCodedError } from '../../core/contracts/coded-error.ts';
import { type HttpResponse, toResponse } from '../http/to-response.ts';
import type { NodeAnswer } from './answer-node.ts';

export type NodeOutcome = { readonly answer: NodeAnswer } | { readonly error: unknown };

const NOTHING: HttpResponse = {
  status: 204,
  headers: { 'cache-control': 'no-store' },
  body: new Uint8Array(),
};

/** As the API server says it, with one more answer: that there is nothing new. */
export function toNodeResponse(outcome: NodeOutcome): HttpResponse {
  if ('answer' in outcome) {
    if (outcome.answer === null) return NOTHING;
    const answer = { kind: 'json', status: 200, body: outcome.answer } as const;
    return toResponse({ kind: 'answered', answer });
  }
  const response = toResponse({ kind: 'failed', error: outcome.error });
  if (!isCodedError(outcome.error, 'P702')) return response;
  const { allow: _, ...headers } = response.headers;
  return { ...response, headers: { ...headers, allow: 'GET, POST' } };
}
