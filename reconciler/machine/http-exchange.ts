import { type IncomingMessage, request } from 'node:http';

export type HttpQuestion = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** As JSON; empty with GET. */
  readonly body: string;
  readonly maxAnswerBytes: number;
};

export type HttpReply = { readonly status: number; readonly text: string };

/** One request on a connection of its own. Throws when it has no whole answer of that size. */
export function exchange(question: HttpQuestion, signal: AbortSignal): Promise<HttpReply> {
  const { method, url, maxAnswerBytes } = question;
  const body = Buffer.from(question.body);
  const headers = {
    ...question.headers,
    ...(method === 'POST'
      ? { 'content-type': 'application/json', 'content-length': String(body.length) }
      : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers, signal, agent: false }, (response) => {
      const status = response.statusCode ?? 0;
      readAll(response, maxAnswerBytes).then((text) => resolve({ status, text }), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readAll(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}
