import { decodeUtf8 } from '../contracts/utf8.ts';
import { mentionsOurApi } from './find-mark.ts';
import { LIMITS } from './limits.ts';
import { createLineIndex, type Position, toPosition } from './line-index.ts';
import type { LocalDiagnostic, ParsedFile } from './parsed-file.ts';
import { readDocuments } from './read-documents.ts';

/**
 * One file's bytes to resources and mistakes: pure, bounded, and never throwing on hostile bytes.
 * A file that does not name our API is none of our business, whatever is in it.
 */
export function parseFile(bytes: Uint8Array): ParsedFile {
  if (!mentionsOurApi(bytes)) return FOREIGN_FILE;
  if (bytes.length > LIMITS.fileBytes) {
    const message = `the file has ${bytes.length} bytes, more than ${LIMITS.fileBytes}`;
    const hint = 'split the file';
    return refuseFile({ code: 'P104', severity: 'error', message, hint, position: [1, 1] });
  }
  const text = decodeUtf8(bytes);
  if (text === null) return refuseEncoding('has bytes that are not UTF-8 text', findLine(bytes));
  if (text.startsWith('\ufeff')) return refuseEncoding('starts with a byte order mark', [1, 1]);
  const nul = text.indexOf('\0');
  if (nul >= 0)
    return refuseEncoding('has a NUL character', toPosition(createLineIndex(text), nul));
  return readDocuments(text);
}

const FOREIGN_FILE: ParsedFile = {
  documents: [],
  broken: [],
  diagnostics: [],
  omittedDiagnostics: 0,
  ignoredDocuments: 0,
  isForeign: true,
};

function refuseEncoding(what: string, position: Position): ParsedFile {
  const hint = 'save the file as UTF-8 without a byte order mark';
  return refuseFile({
    code: 'P101',
    severity: 'error',
    message: `the file ${what}`,
    hint,
    position,
  });
}

/** A file that cannot be read at all: what is in it stays unknown. */
export function refuseFile(diagnostic: LocalDiagnostic): ParsedFile {
  return {
    documents: [],
    broken: [{ kind: null, ref: null, position: diagnostic.position, isCertain: false }],
    diagnostics: [diagnostic],
    omittedDiagnostics: 0,
    ignoredDocuments: 0,
    isForeign: false,
  };
}

const LINE_FEED = 10;

/** No sequence of UTF-8 spans a line feed, so the first line that does not decode is wrong. */
function findLine(bytes: Uint8Array): Position {
  let line = 1;
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    if (decodeUtf8(bytes.subarray(start, end)) === null) break;
    line += 1;
    start = end + 1;
  }
  return [line, 1];
}
