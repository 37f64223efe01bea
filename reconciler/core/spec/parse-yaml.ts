import { Composer, type CST, type Document, Lexer, Parser, visit } from 'yaml';
import type { ErrorCode } from '../contracts/error-codes.ts';
import { LIMITS } from './limits.ts';
import { toPrintable } from './printable.ts';

export type YamlProblem = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly offset: number;
};

export type YamlDocument = {
  readonly document: Document.Parsed;
  readonly startOffset: number;
  readonly endOffset: number;
  /** Where a `%` directive in front of the document stands, or null. */
  readonly directiveOffset: number | null;
  readonly problems: readonly YamlProblem[];
};

export type YamlStream = {
  readonly documents: readonly YamlDocument[];
  /** Why reading stopped before the end; null when it did not. */
  readonly stop: YamlProblem | null;
};

/**
 * Unique keys are checked by our own reader, since the package compares every key with every
 * other. Numbers stay numbers: our reader refuses those that lost digits.
 */
const OPTIONS = { prettyErrors: false, uniqueKeys: false, version: '1.2', schema: 'core' } as const;

/**
 * Text to document nodes. The package's lexer and parser are driven token by token so that depth
 * and size are known before anything recursive sees the tree. Whatever the package throws (a
 * RangeError on hostile input, not only its own errors) becomes a problem.
 */
export function parseYaml(text: string): YamlStream {
  const reader = createReader(text);
  try {
    readTokens(text, reader);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message = `the YAML parser gave up: ${toPrintable(why)}`;
    reader.stop = { code: 'P102', message, offset: reader.parser.offset };
  }
  return { documents: reader.documents, stop: reader.stop };
}

type Reader = {
  readonly parser: Parser;
  readonly documents: YamlDocument[];
  readonly textLength: number;
  open: OpenDocument | null;
  directiveOffset: number | null;
  strayProblems: YamlProblem[];
  stop: YamlProblem | null;
};

type OpenDocument = {
  readonly composer: Composer;
  readonly startOffset: number;
  readonly directiveOffset: number | null;
  readonly problems: YamlProblem[];
};

function createReader(text: string): Reader {
  return {
    parser: new Parser(),
    documents: [],
    textLength: text.length,
    open: null,
    directiveOffset: null,
    strayProblems: [],
    stop: null,
  };
}

function readTokens(text: string, reader: Reader): void {
  const { parser } = reader;
  let tokens = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens += 1;
    for (const token of parser.next(lexeme)) takeToken(reader, token);
    if (tokens > LIMITS.tokensPerFile) reader.stop ??= toTokenExcess(parser.offset);
    if (parser.stack.length > LIMITS.parserStack) reader.stop ??= toDepthExcess(parser.offset);
    if (reader.stop !== null) break;
  }
  const rest = reader.stop === null ? parser.end() : [];
  for (const token of rest) takeToken(reader, token);
  closeDocument(reader, reader.textLength);
}

function toTokenExcess(offset: number): YamlProblem {
  const message = `more than ${LIMITS.tokensPerFile} YAML tokens in one file`;
  return { code: 'P105', message, hint: 'split the file', offset };
}

function toDepthExcess(offset: number): YamlProblem {
  return { code: 'P106', message: 'maps and lists are nested too deeply to be read', offset };
}

function takeToken(reader: Reader, token: CST.Token): void {
  switch (token.type) {
    case 'document':
      closeDocument(reader, token.offset);
      openDocument(reader, token);
      return;
    case 'directive':
      closeDocument(reader, token.offset);
      reader.directiveOffset ??= token.offset;
      return;
    case 'doc-end':
      if (reader.open !== null) for (const _ of reader.open.composer.next(token));
      return;
    case 'error': {
      const problems = reader.open?.problems ?? reader.strayProblems;
      problems.push({ code: 'P102', message: toPrintable(token.message), offset: token.offset });
      return;
    }
    default:
      return;
  }
}

function openDocument(reader: Reader, token: CST.Document): void {
  if (reader.documents.length === LIMITS.documentsPerFile) {
    const message = `more than ${LIMITS.documentsPerFile} documents in one file`;
    reader.stop ??= { code: 'P105', message, hint: 'split the file', offset: token.offset };
    return;
  }
  const composer = new Composer(OPTIONS);
  reader.open = {
    composer,
    startOffset: token.offset,
    directiveOffset: reader.directiveOffset,
    problems: reader.strayProblems,
  };
  reader.directiveOffset = null;
  reader.strayProblems = [];
  for (const _ of composer.next(token));
}

function closeDocument(reader: Reader, endOffset: number): void {
  const { open } = reader;
  if (open === null) return;
  reader.open = null;
  for (const document of open.composer.end()) {
    const problems = [...open.problems];
    for (const { message, pos } of document.errors) {
      const offset = findOpenQuote(document, message, pos[0]) ?? pos[0];
      problems.push({ code: 'P102', message: toPrintable(message), offset });
    }
    const { startOffset, directiveOffset } = open;
    reader.documents.push({ document, startOffset, endOffset, directiveOffset, problems });
  }
}

/** The package reports a missing quote where the text ends; a person looks for where it began. */
function findOpenQuote(document: Document.Parsed, message: string, end: number): number | null {
  if (!message.startsWith('Missing closing')) return null;
  let start: number | null = null;
  visit(document, {
    Scalar: (_key, { type, range }) => {
      if (type?.startsWith('QUOTE') === true && range?.[1] === end) start = range[0];
    },
  });
  return start;
}
