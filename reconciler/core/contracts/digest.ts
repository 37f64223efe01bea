import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { toCanonicalJson } from './canonical-json.ts';
import type { Json } from './json.ts';

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = `sha256:${string}`;

function digestBytes(bytes: Uint8Array): Digest {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}

export function digestText(text: string): Digest {
  return digestBytes(utf8ToBytes(text));
}

export function digestJson(value: Json): Digest {
  return digestText(toCanonicalJson(value));
}

export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** 48 bits, which no two things of one platform share by chance. */
const SHORT_LENGTH = 'sha256:'.length + 12;

/** What people are shown of a digest: enough to tell it from others and to find it by. */
export function toShortDigest(digest: string): string {
  return digest.slice(0, SHORT_LENGTH);
}
