import { utf8ToBytes } from '@noble/hashes/utils.js';
import { isOid, type Oid } from './git.ts';
import { decodeUtf8, toByteText } from './utf8.ts';

export type CommitFields = {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly author: { readonly name: string; readonly email: string };
  readonly epochSeconds: number;
  readonly message: string;
};

/** The commit object without a signature: what is to be signed. */
export function formatCommit(fields: CommitFields): Uint8Array {
  const { tree, parents, author, epochSeconds, message } = fields;
  checkIdentity(author);
  if (!Number.isSafeInteger(epochSeconds) || epochSeconds < 0) {
    throw new Error(`a commit time is whole seconds since 1970, not ${epochSeconds}`);
  }
  if (message.includes('\0')) throw new Error('a commit message holds no NUL');
  const who = `${author.name} <${author.email}> ${epochSeconds} +0000`;
  const parentLines = parents.map((parent) => `parent ${parent}\n`).join('');
  return utf8ToBytes(`tree ${tree}\n${parentLines}author ${who}\ncommitter ${who}\n\n${message}`);
}

/** Git drops some of these characters by itself; refused here, so that what is signed is kept. */
function checkIdentity(author: { readonly name: string; readonly email: string }): void {
  const isClean = (text: string) => /^[^\s<>\0](?:[^<>\0\n\r]*[^\s<>\0])?$/.test(text);
  if (!isClean(author.name) || !isClean(author.email)) {
    throw new Error('an author has a name and an address without angle brackets and line ends');
  }
}

/** Puts the signature where `git verify-commit` looks for it: the last header before the message. */
export function insertSignature(payload: Uint8Array, armor: string): Uint8Array {
  const end = findHeaderEnd(payload);
  const folded = armor.replace(/\n+$/, '').replaceAll('\n', '\n ');
  const header = utf8ToBytes(`gpgsig ${folded}\n`);
  const signed = new Uint8Array(payload.length + header.length);
  signed.set(payload.subarray(0, end));
  signed.set(header, end);
  signed.set(payload.subarray(end), end + header.length);
  return signed;
}

/** The offset of the empty line between headers and message. */
function findHeaderEnd(commit: Uint8Array): number {
  for (let at = commit.indexOf(10); at !== -1; at = commit.indexOf(10, at + 1)) {
    if (commit[at + 1] === 10) return at + 1;
  }
  throw new Error('a commit has an empty line after its headers');
}

export type ParsedCommit = {
  readonly tree: Oid;
  readonly parents: readonly Oid[];
  readonly message: string;
  readonly signedPayload: Uint8Array;
  readonly signature: string | null;
};

/** Null when the bytes are no well-formed commit. */
export function parseCommit(body: Uint8Array): ParsedCommit | null {
  const text = toByteText(body);
  const end = text.indexOf('\n\n') + 1;
  if (end === 0) return null;
  const headers = text.slice(0, end);
  const match = /^tree ([0-9a-f]{40})\n((?:parent [0-9a-f]{40}\n)*)author /.exec(headers);
  const tree = match?.[1];
  if (tree === undefined || !isOid(tree)) return null;
  const parents = (match?.[2] ?? '').split('\n').slice(0, -1);
  const message = body.subarray(end + 1);
  return {
    tree,
    parents: parents.map((line) => line.slice('parent '.length)),
    message: decodeUtf8(message) ?? toByteText(message),
    ...splitSignature(body, headers),
  };
}

/**
 * Several signature headers become one text, as in Git itself: no verifier takes two armors for
 * one, so a second header makes the signature bad instead of being overlooked.
 */
function splitSignature(
  body: Uint8Array,
  headers: string,
): { readonly signedPayload: Uint8Array; readonly signature: string | null } {
  const kept: Uint8Array[] = [];
  let signature: string | null = null;
  let keptFrom = 0;
  for (const match of headers.matchAll(SIGNATURE_HEADER)) {
    kept.push(body.subarray(keptFrom, match.index));
    keptFrom = match.index + match[0].length;
    signature = (signature ?? '') + unfold(match[0]);
  }
  if (signature === null) return { signedPayload: body, signature };
  kept.push(body.subarray(keptFrom));
  return { signedPayload: joinBytes(kept), signature };
}

/** Spelled without `.` and `^`, which take a carriage return for the end of a line. */
const SIGNATURE_HEADER = /(?<=\n)gpgsig [^\n]*\n(?: [^\n]*\n)*/g;

function unfold(header: string): string {
  return header.slice('gpgsig '.length).replaceAll('\n ', '\n');
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
