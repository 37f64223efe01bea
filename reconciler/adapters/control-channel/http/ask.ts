import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { ControlFile } from '../../../core/contracts/node-config.ts';
import { exchange, type HttpReply } from '../../../machine/http-exchange.ts';
import type { Clock } from '../../../ports/clock.ts';

/** A table of 4096 endpoints with 16 versions each is 7 MiB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export type Question = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
  readonly limitMs: number;
};

/** One request on a connection of its own, within its time. Throws P811 when it has no answer. */
export async function ask(
  deps: { readonly clock: Clock },
  file: ControlFile,
  question: Question,
  signal?: AbortSignal,
): Promise<HttpReply> {
  const over = new AbortController();
  const end = () => over.abort();
  signal?.addEventListener('abort', end);
  const answered = new AbortController();
  void deps.clock.sleep(question.limitMs, answered.signal).then(end);
  try {
    if (signal?.aborted) end();
    const url = `${file.url}${question.path}`;
    const headers = { authorization: `Bearer ${file.token}` };
    const { method, body } = question;
    return await exchange(
      { method, url, headers, body, maxAnswerBytes: MAX_ANSWER_BYTES },
      over.signal,
    );
  } catch (cause) {
    const why = over.signal.aborted ? 'did not answer in time' : 'cannot be reached';
    throw toUnreachable(`the reconciler at ${file.url} ${why}`, cause);
  } finally {
    answered.abort();
    signal?.removeEventListener('abort', end);
  }
}

export function toUnreachable(message: string, cause?: unknown): CodedError {
  return new CodedError('P811', message, { remedy: 'retry', cause });
}
