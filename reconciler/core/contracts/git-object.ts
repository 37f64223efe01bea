import { sha1 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Oid } from './git.ts';

export type GitObjectType = 'blob' | 'tree' | 'commit';

/**
 * Git names an object by the SHA-1 of its type, its length and its content. Adapters that have a
 * faster SHA-1 than pure code hand their own function to the builders of this folder.
 */
export type HashObject = (type: GitObjectType, body: Uint8Array) => Oid;

export const hashObject: HashObject = (type, body) =>
  bytesToHex(sha1.create().update(formatObjectHeader(type, body.length)).update(body).digest());

export function formatObjectHeader(type: GitObjectType, sizeBytes: number): Uint8Array {
  return utf8ToBytes(`${type} ${sizeBytes}\0`);
}

/** A new object on its way to a repository. */
export type NewObject = {
  readonly oid: Oid;
  readonly type: GitObjectType;
  readonly body: Uint8Array;
  /** The object that this one replaces at its path: most likely to be nearly equal. */
  readonly replaces: Oid | null;
};
