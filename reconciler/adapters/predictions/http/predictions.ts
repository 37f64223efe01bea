import { CodedError } from '../../../core/contracts/coded-error.ts';
import { parseCodedText } from '../../../core/contracts/coded-text.ts';
import { isJsonObject, type JsonObject } from '../../../core/contracts/json.ts';
import { exchange, type HttpReply } from '../../../machine/http-exchange.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PredictionRequest, Predictions } from '../../../ports/predictions.ts';

/** A node refuses beyond its queue at once; what takes longer will not come. */
const LIMIT_MS = 30_000;

/** An answer has a score and some states; a refusal has a sentence. */
const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_REASON_LENGTH = 1_000;

export function createHttpPredictions(deps: {
  readonly clock: Clock;
  readonly limitMs?: number;
}): Predictions {
  const { clock, limitMs = LIMIT_MS } = deps;
  return {
    async predict(url, asked) {
      const reply = await ask(clock, limitMs, url, asked);
      const value = parseObject(reply.text);
      if (reply.status === 200 && value !== null) return value;
      throw toRefusal(url, reply.status, value);
    },
  };
}

async function ask(
  clock: Clock,
  limitMs: number,
  url: string,
  { endpoint, entities, features }: PredictionRequest,
): Promise<HttpReply> {
  const over = new AbortController();
  const answered = new AbortController();
  void clock.sleep(limitMs, answered.signal).then(() => over.abort());
  const path = endpoint.split('/').map(encodeURIComponent).join('/');
  const question = {
    method: 'POST',
    url: `${url}/v1/endpoints/${path}/predict`,
    headers: {},
    body: JSON.stringify({ entities, features }),
    maxAnswerBytes: MAX_ANSWER_BYTES,
  } as const;
  try {
    return await exchange(question, over.signal);
  } catch (cause) {
    const why = over.signal.aborted ? 'does not answer in time' : 'cannot be reached';
    const message = `the serving node at ${url} ${why}`;
    throw new CodedError('P810', message, { remedy: 'retry', cause });
  } finally {
    answered.abort();
  }
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** A node says `P823 payments/fraud has no release yet`: the code, then the reason. */
function toRefusal(url: string, status: number, value: JsonObject | null): CodedError {
  const said = typeof value?.['error'] === 'string' ? value['error'] : '';
  const known = parseCodedText(said);
  const remedy = status === 503 ? 'retry' : 'stop';
  if (known !== null) {
    return new CodedError(known.code, known.reason.slice(0, MAX_REASON_LENGTH), { remedy });
  }
  const message = `the serving node at ${url} answers ${status}, in no form that is known`;
  return new CodedError('P810', message, { remedy });
}
