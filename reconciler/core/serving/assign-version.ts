import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { VersionShare } from '../contracts/generated/route-table.generated.ts';

/** The version of an entity; null when none has a share. */
export type AssignVersion = (entityKey: string) => string | null;

/** 48 bits are exact in a number, and finer than any share. */
const POINT_BYTES = 6;
const POINTS = 2 ** (8 * POINT_BYTES);

/**
 * The same entity meets the same version on every node and through every restart: its place
 * depends on the endpoint's secret key and on nothing else. Shares are laid out in their order, so
 * what moves between neighbours moves only the keys at the border between them.
 */
export function createVersionAssignment(input: {
  /** In hexadecimal. */
  readonly assignmentKey: string;
  readonly versions: readonly VersionShare[];
}): AssignVersion {
  const borders = toBorders(input.versions);
  const [only] = borders;
  if (borders.length <= 1) return () => only?.version ?? null;
  const keyed = hmac.create(sha256, hexToBytes(input.assignmentKey));
  return (entityKey) => {
    const point = toFraction(keyed.clone().update(utf8ToBytes(entityKey)).digest());
    return (borders.find(({ end }) => point < end) ?? borders.at(-1))?.version ?? null;
  };
}

type Border = { readonly version: string; readonly end: number };

/** A version without a share is loaded and never drawn. Shares that do not sum to 100 are scaled. */
function toBorders(versions: readonly VersionShare[]): readonly Border[] {
  const drawn = versions.filter(({ percent }) => percent > 0);
  const total = drawn.reduce((sum, { percent }) => sum + percent, 0);
  let reached = 0;
  return drawn.map(({ version, percent }) => {
    reached += percent;
    return { version, end: reached / total };
  });
}

function toFraction(digest: Uint8Array): number {
  let value = 0;
  for (const byte of digest.subarray(0, POINT_BYTES)) value = value * 256 + byte;
  return value / POINTS;
}
