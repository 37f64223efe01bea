import type { IncomingMessage } from 'node:http';
import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import {
  hasTooManyParts,
  isTooDeep,
  MAX_JSON_DEPTH,
  MAX_JSON_PARTS,
} from '../../../reconciler/core/serving/json-depth.ts';
import type { HttpLimits } from './limits.ts';

export type BodyReader = {
  /** The body as JSON; `undefined` for none. Throws P821, P826, or P710 when too many are read. */
  readonly readJson: (request: IncomingMessage) => Promise<unknown>;
};

/**
 * Of each body, so many bytes are not counted among those of all: whoever sends large ones and stops
 * in the middle must not keep out the small ones of others. A thousand connections have 64 MiB.
 */
const UNCOUNTED_BYTES = 64 * 1024;

/** Bounds bodies one by one and together: a thousand large ones would fill the memory. */
export function createBodyReader(
  limits: Pick<HttpLimits, 'maxBodyBytes' | 'maxBodyBytesTogether'>,
): BodyReader {
  let bytesTogether = 0;

  const readBytes = (request: IncomingMessage): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      let counted = 0;
      let isDone = false;
      const finish = (): void => {
        isDone = true;
        bytesTogether -= counted;
        request.removeAllListeners('data');
      };
      const fail = (error: CodedError): void => {
        finish();
        reject(error);
      };
      request.on('data', (chunk: Buffer) => {
        length += chunk.length;
        const before = counted;
        counted = Math.max(0, length - UNCOUNTED_BYTES);
        bytesTogether += counted - before;
        chunks.push(chunk);
        if (length > limits.maxBodyBytes) fail(toTooLarge(limits.maxBodyBytes));
        else if (counted > 0 && bytesTogether > limits.maxBodyBytesTogether) fail(toTooMuch());
      });
      request.once('end', () => {
        if (isDone) return;
        finish();
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
      });
      // It closes after its end as well.
      request.once('close', () => {
        if (!isDone) fail(new CodedError('P821', 'the request was cut off'));
      });
    });

  return {
    async readJson(request) {
      checkHeaders(request, limits.maxBodyBytes);
      const bytes = await readBytes(request);
      return bytes.length === 0 ? undefined : parse(bytes);
    },
  };
}

function checkHeaders({ headers }: IncomingMessage, maxBodyBytes: number): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new CodedError('P821', 'a compressed body is not taken here: send it as it is');
  }
  if (headers['inference-header-content-length'] !== undefined) {
    throw new CodedError('P821', 'binary tensors are not taken here: send the data as JSON');
  }
  if (Number(headers['content-length'] ?? 0) > maxBodyBytes) throw toTooLarge(maxBodyBytes);
}

function parse(bytes: Buffer): unknown {
  if (isTooDeep(bytes)) {
    const what = `JSON nesting depth exceeds maximum allowed limit (${MAX_JSON_DEPTH})`;
    throw new CodedError('P821', what);
  }
  if (hasTooManyParts(bytes)) {
    const what = `the body has more than ${MAX_JSON_PARTS} lists, objects and texts: send plain numbers`;
    throw new CodedError('P821', what);
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new CodedError('P821', 'the body is no JSON');
  }
}

function toTooLarge(maxBodyBytes: number): CodedError {
  return new CodedError(
    'P826',
    `a body has at most ${maxBodyBytes} bytes: send fewer rows at once`,
  );
}

function toTooMuch(): CodedError {
  return new CodedError('P710', 'too many bodies are being read: ask again soon', {
    remedy: 'retry',
  });
}
