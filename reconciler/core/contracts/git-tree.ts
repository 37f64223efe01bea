import { bytesToHex } from '@noble/hashes/utils.js';
import type { Oid } from './git.ts';

const SPACE = 0x20;
const NUL = 0;
const OID_BYTES = 20;

/** A line of a tree object, as offsets into its bytes: trees are large and mostly copied. */
export type TreeSpan = {
  readonly start: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly end: number;
};

/** Null at the end of the tree. Throws when the bytes are no tree. */
export function readSpan(body: Uint8Array, start: number): TreeSpan | null {
  if (start === body.length) return null;
  const nameStart = body.indexOf(SPACE, start) + 1;
  const nameEnd = nameStart === 0 ? -1 : body.indexOf(NUL, nameStart);
  const end = nameEnd + 1 + OID_BYTES;
  if (nameEnd <= nameStart || end > body.length || nameStart - start > 7) {
    throw new Error('not a tree object');
  }
  return { start, nameStart, nameEnd, end };
}

export function readMode(body: Uint8Array, span: TreeSpan): string {
  return String.fromCharCode(...body.subarray(span.start, span.nameStart - 1));
}

export function readOid(body: Uint8Array, span: TreeSpan): Oid {
  return bytesToHex(body.subarray(span.nameEnd + 1, span.end));
}

/** The first character of mode `40000`; the modes of files, links and submodules start with 1. */
export function isFolder(body: Uint8Array, span: TreeSpan): boolean {
  return body[span.start] === 0x34;
}

/** What a mode stands for; null for modes that no version of Git writes. */
export function toEntryType(mode: string): 'file' | 'folder' | 'symlink' | 'submodule' | null {
  switch (mode) {
    case '100644':
    case '100755':
    case '100664':
      return 'file';
    case '40000':
    case '040000':
      return 'folder';
    case '120000':
      return 'symlink';
    case '160000':
      return 'submodule';
    default:
      return null;
  }
}

const MAX_PATH_CHARACTERS = 4096;
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * A relative path that means the same file everywhere: no empty, `.`, `..` or `.git` segment and
 * no control character, which could forge a line wherever the path is printed.
 */
export function isTreePath(path: string): boolean {
  if (path.length > MAX_PATH_CHARACTERS || CONTROL.test(path)) return false;
  return path.split('/').every((segment) => !/^(?:|\.|\.\.|\.git)$/i.test(segment));
}
