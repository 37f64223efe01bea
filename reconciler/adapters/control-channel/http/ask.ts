import { type IncomingMessage, request } from 'node:http';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { ControlFile } from '../../../core/contracts/node-config.ts';
import type { Clock } from '../../../ports/clock.ts';

/** A table of 4096 endpoints with 16 versions each is 7 MiB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export type Question = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
  readonly limitMs: number;
};

export type Reply = { readonly status: number; readonly text: string };

/** One request on a connection of its own, within its time. Throws P811 when it has no answer. */
export async function ask(
  deps: { readonly clock: Clock },
  file: ControlFile,
  question: Question,
  signal?: AbortSignal,
): Promise<Reply> {
  const over = new AbortController();
  const end = () => over.abort();
  signal?.addEventListener('abort', end);
  const answered = new AbortController();
  void deps.clock.sleep(question.limitMs, answered.signal).then(end);
  try {
    if (signal?.aborted) end();
    return await send(file, question, over.signal);
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

function send(file: ControlFile, question: Question, signal: AbortSignal): Promise<Reply> {
  const body = Buffer.from(question.body);
  const headers = {
    authorization: `Bearer ${file.token}`,
    ...(question.method === 'POST'
      ? { 'content-type': 'application/json', 'content-length': String(body.length) }
      : {}),
  };
  return new Promise((resolve, reject) => {
    const options = { method: question.method, headers, signal, agent: false } as const;
    const outgoing = request(`${file.url}${question.path}`, options, (response) => {
      const status = response.statusCode ?? 0;
      readAll(response).then((text) => resolve({ status, text }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}
