import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Oid } from '../../../core/contracts/git.ts';
import {
  collectErrors,
  toArguments,
  toEnvironment,
  toGitFailure,
  toStartFailure,
} from './command.ts';

export type ObjectHeader = { readonly oid: Oid; readonly type: string; readonly sizeBytes: number };
export type ObjectAnswer = ObjectHeader & { readonly content: Buffer };

type Question<Answer> = {
  readonly resolve: (answer: Answer | null) => void;
  readonly reject: (error: Error) => void;
};

/** One Git process that answers question after question, in order; started when first asked. */
export type CatFile<Answer> = {
  /** Null when there is no such object. The name holds no line end. */
  readonly ask: (name: string) => Promise<Answer | null>;
  readonly close: () => Promise<void>;
};

/** What objects are and how large: asked first, so that no content larger than allowed is read. */
export function createHeaderReader(repositoryPath: string): CatFile<ObjectHeader> {
  return createCatFile(repositoryPath, '--batch-check', (header) => ({
    bytes: Buffer.alloc(0),
    finish: () => header,
  }));
}

export function createContentReader(repositoryPath: string): CatFile<ObjectAnswer> {
  return createCatFile(repositoryPath, '--batch', (header) => {
    // One more for the line end that Git puts after each content.
    const bytes = Buffer.allocUnsafe(header.sizeBytes + 1);
    return { bytes, finish: () => ({ ...header, content: bytes.subarray(0, header.sizeBytes) }) };
  });
}

type Body<Answer> = { readonly bytes: Buffer; readonly finish: () => Answer };
type ToBody<Answer> = (header: ObjectHeader) => Body<Answer>;

function createCatFile<Answer>(
  repositoryPath: string,
  mode: '--batch' | '--batch-check',
  toBody: ToBody<Answer>,
): CatFile<Answer> {
  let session: Session<Answer> | null = null;
  let isClosed = false;
  return {
    ask(name) {
      if (isClosed) return Promise.reject(toGitFailure('the repository was closed', ''));
      if (name.includes('\n')) return Promise.reject(new Error('a name of an object is one line'));
      if (session === null || session.hasEnded()) {
        session = startSession(repositoryPath, mode, toBody);
      }
      return session.ask(name);
    },
    async close() {
      isClosed = true;
      await session?.close();
    },
  };
}

type Session<Answer> = {
  readonly ask: (name: string) => Promise<Answer | null>;
  readonly hasEnded: () => boolean;
  readonly close: () => Promise<void>;
};

/** A session that fails rejects everything it was asked; the next question starts another. */
function startSession<Answer>(
  repositoryPath: string,
  mode: string,
  toBody: ToBody<Answer>,
): Session<Answer> {
  const child = spawn('git', toArguments(repositoryPath, ['cat-file', mode]), {
    env: toEnvironment(),
    stdio: 'pipe',
  });
  const readErrors = collectErrors(child);
  const waiting = createQueue<Question<Answer>>();
  const parser = createParser(toBody, (answer) => waiting.take()?.resolve(answer));
  let hasEnded = false;
  const fail = (error: Error): void => {
    hasEnded = true;
    child.kill('SIGKILL');
    for (let next = waiting.take(); next !== undefined; next = waiting.take()) next.reject(error);
  };
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      fail(toStartFailure(error));
      resolve();
    });
    child.on('close', () => {
      fail(toGitFailure('git cat-file ended', readErrors()));
      resolve();
    });
  });
  child.stdin.on('error', () => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    try {
      parser(chunk);
    } catch (error) {
      fail(toGitFailure('git cat-file gave an answer that is none', '', error));
    }
  });
  return {
    hasEnded: () => hasEnded,
    ask: (name) => write(child, waiting, name),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

function write<Answer>(
  child: ChildProcessWithoutNullStreams,
  waiting: Queue<Question<Answer>>,
  name: string,
): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    waiting.put({ resolve, reject });
    child.stdin.write(`${name}\n`);
  });
}

type Queue<T> = { readonly put: (item: T) => void; readonly take: () => T | undefined };

/** `Array.shift` copies the rest of a long array each time, and ten thousand may wait here. */
function createQueue<T>(): Queue<T> {
  let items: T[] = [];
  let head = 0;
  return {
    put: (item) => {
      items.push(item);
    },
    take() {
      const item = items[head];
      head += 1;
      if (head >= items.length) {
        items = [];
        head = 0;
      }
      return item;
    },
  };
}

const LINE_END = 10;
const HEADER = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d{1,15})$/;
/** A name asked for is at most a commit and a path. */
const MAX_HEADER_BYTES = 8 * 1024;

function createParser<Answer>(
  toBody: ToBody<Answer>,
  onAnswer: (answer: Answer | null) => void,
): (chunk: Buffer) => void {
  let line = Buffer.alloc(0);
  let body: Body<Answer> | null = null;
  let filled = 0;

  const takeLine = (chunk: Buffer, at: number): number => {
    const end = chunk.indexOf(LINE_END, at);
    line = Buffer.concat([line, chunk.subarray(at, end === -1 ? chunk.length : end)]);
    if (line.length > MAX_HEADER_BYTES) throw new Error('header too long');
    if (end === -1) return chunk.length;
    const header = parseHeader(line.toString('utf8'));
    line = Buffer.alloc(0);
    if (header === null) onAnswer(null);
    else body = toBody(header);
    filled = 0;
    return end + 1;
  };

  const finishWhenFull = (): void => {
    if (body === null || filled < body.bytes.length) return;
    const answer = body.finish();
    body = null;
    onAnswer(answer);
  };

  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (body === null) at = takeLine(chunk, at);
      else {
        const copied = chunk.copy(body.bytes, filled, at);
        filled += copied;
        at += copied;
      }
      finishWhenFull();
    }
  };
}

function parseHeader(line: string): ObjectHeader | null {
  const match = HEADER.exec(line);
  if (match !== null) {
    return { oid: match[1] as string, type: match[2] as string, sizeBytes: Number(match[3]) };
  }
  if (line.endsWith(' missing') || line.endsWith(' ambiguous')) return null;
  throw new Error('neither an object nor its absence');
}
