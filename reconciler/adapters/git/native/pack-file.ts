import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';
import type { Oid } from '../../../core/contracts/git.ts';
import type { NewObject } from '../../../core/contracts/git-object.ts';
import { encodeDelta } from './delta.ts';

const OFFSET_DELTA = 6;
const TYPES = { commit: 1, tree: 2, blob: 3 } as const;

/** Readers unpack a chain of deltas from its start, so that a long one makes them slow. */
const MAX_CHAIN = 48;

/** The index that we write has no room for larger offsets, and no batch comes near. */
const MAX_PACK_BYTES = 2 ** 31 - 1;

/** Most of the content is hashes; more effort would cost more time than it saves space. */
const COMPRESSION = { level: 1 };

export type PackEntry = { readonly oid: Oid; readonly offset: number; readonly checksum: number };

export type PackFile = {
  readonly bytes: Buffer;
  /** The SHA-1 at its end, which is also the pack's name. */
  readonly checksum: Buffer;
  readonly entries: readonly PackEntry[];
};

type Written = { readonly offset: number; readonly body: Uint8Array; readonly chainLength: number };

/** All objects in one pack that needs nothing outside it. An object given twice is written once. */
export function encodePack(objects: ReadonlyMap<Oid, NewObject>): PackFile {
  const parts: Uint8Array[] = [encodePackHeader(objects.size)];
  const written = new Map<Oid, Written>();
  const entries: PackEntry[] = [];
  let offset = parts[0]?.length ?? 0;
  for (const object of objects.values()) {
    const { bytes, chainLength } = encodeObject(object, offset, written);
    written.set(object.oid, { offset, body: object.body, chainLength });
    entries.push({ oid: object.oid, offset, checksum: crc32(bytes) });
    parts.push(bytes);
    offset += bytes.length;
    if (offset > MAX_PACK_BYTES) throw new Error('a batch of commits is below 2 GiB');
  }
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  const checksum = hash.digest();
  return { bytes: Buffer.concat([...parts, checksum]), checksum, entries };
}

function encodePackHeader(count: number): Buffer {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(count, 8);
  return header;
}

function encodeObject(
  object: NewObject,
  offset: number,
  written: ReadonlyMap<Oid, Written>,
): { readonly bytes: Buffer; readonly chainLength: number } {
  const base = object.replaces === null ? undefined : written.get(object.replaces);
  if (base !== undefined && base.chainLength < MAX_CHAIN) {
    const delta = encodeDelta(base.body, object.body);
    if (delta !== null) {
      const start = encodeEntryHeader(OFFSET_DELTA, delta.length);
      const distance = encodeDistance(offset - base.offset);
      const bytes = Buffer.concat([start, distance, deflateSync(delta, COMPRESSION)]);
      return { bytes, chainLength: base.chainLength + 1 };
    }
  }
  const start = encodeEntryHeader(TYPES[object.type], object.body.length);
  const bytes = Buffer.concat([start, deflateSync(object.body, COMPRESSION)]);
  return { bytes, chainLength: 0 };
}

/** Four bits of size beside the type, then seven bits a byte, the lowest first. */
function encodeEntryHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 0x80)) {
    bytes.push((bytes.pop() as number) | 0x80, rest % 0x80);
  }
  return Buffer.from(bytes);
}

/** Seven bits a byte, the highest first; each continued byte counts from one, not from zero. */
function encodeDistance(distance: number): Buffer {
  const bytes = [distance % 0x80];
  for (let rest = Math.floor(distance / 0x80); rest > 0; rest = Math.floor(rest / 0x80)) {
    rest -= 1;
    bytes.unshift((rest % 0x80) | 0x80);
  }
  return Buffer.from(bytes);
}
