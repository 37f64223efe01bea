import { decodeUtf8 } from './decode-utf8.ts';
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
  const decoded = decodeUtf8(bytes);
  if ('wrongAt' in decoded) {
    return refuseEncoding(
      'has bytes that are not UTF-8 text',
      findPosition(bytes, decoded.wrongAt),
    );
  }
  const { text } = decoded;
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

/** The bytes before a wrong one are right, so they decode. */
function findPosition(bytes: Uint8Array, wrongAt: number): Position {
  const before = decodeUtf8(bytes.subarray(0, wrongAt));
  const text = 'text' in before ? before.text : '';
  return toPosition(createLineIndex(text), text.length);
}
