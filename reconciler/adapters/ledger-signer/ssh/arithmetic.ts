import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SshArithmetic } from '../../../core/audit/judge-signature.ts';
import type { EcdsaCurve, SshPublicKey } from '../../../core/audit/ssh-public-key.ts';
import type { Hash, SshSignature } from '../../../core/audit/ssh-signature.ts';
import { createSshReader, parseMpint } from '../../../core/audit/ssh-wire.ts';

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519_SIGNATURE_BYTES = 64;
/** A flag byte and a counter. */
const EXTRA_BYTES = 5;
const USER_PRESENT = 1;
const MAX_KEPT_KEYS = 256;

const CURVES = {
  nistp256: { name: 'P-256', hash: 'sha256', coordinateBytes: 32 },
  nistp384: { name: 'P-384', hash: 'sha384', coordinateBytes: 48 },
  nistp521: { name: 'P-521', hash: 'sha512', coordinateBytes: 66 },
} as const satisfies Record<EcdsaCurve, object>;

export const hashNatively: Hash = (name, bytes) => createHash(name).update(bytes).digest();

/** Node's cryptography for every accepted kind of key. */
export function createNativeArithmetic(): SshArithmetic {
  const keys = new Map<string, KeyObject>();
  return {
    hash: hashNatively,
    isValid(key, signature, data) {
      const name = Buffer.from(signature.publicKey).toString('latin1');
      // A ledger has one key for many commits, and making the object costs as much as verifying.
      const platformKey = keys.get(name) ?? toKeyObject(key);
      if (keys.size < MAX_KEPT_KEYS) keys.set(name, platformKey);
      return isValid(key, platformKey, signature, data);
    },
  };
}

function toKeyObject(key: SshPublicKey): KeyObject {
  switch (key.kind) {
    case 'ed25519':
    case 'security-key-ed25519': {
      const der = Buffer.concat([ED25519_SPKI, key.key]);
      return createPublicKey({ key: der, format: 'der', type: 'spki' });
    }
    case 'ecdsa': {
      const { name, coordinateBytes } = CURVES[key.curve];
      const x = toBase64Url(key.point.subarray(0, coordinateBytes));
      const y = toBase64Url(key.point.subarray(coordinateBytes));
      return createPublicKey({ key: { kty: 'EC', crv: name, x, y }, format: 'jwk' });
    }
    case 'rsa': {
      const [n, e] = [toBase64Url(key.modulus), toBase64Url(key.exponent)];
      return createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
    }
  }
}

function isValid(
  key: SshPublicKey,
  platformKey: KeyObject,
  signature: SshSignature,
  data: Uint8Array,
): boolean {
  switch (key.kind) {
    case 'ed25519':
      return verifyEd25519(platformKey, data, signature.value);
    case 'security-key-ed25519':
      return verifySecurityKey(key.application, platformKey, signature, data);
    case 'ecdsa':
      return verifyEcdsa(key.curve, platformKey, signature.value, data);
    case 'rsa': {
      const hash = signature.algorithm === 'rsa-sha2-512' ? 'sha512' : 'sha256';
      return verify(hash, data, platformKey, signature.value);
    }
  }
}

function verifyEd25519(key: KeyObject, data: Uint8Array, value: Uint8Array): boolean {
  return value.length === ED25519_SIGNATURE_BYTES && verify(null, data, key, value);
}

/** The device signs digests of ours beside a counter, and whether it felt a person's touch. */
function verifySecurityKey(
  application: Uint8Array,
  key: KeyObject,
  signature: SshSignature,
  data: Uint8Array,
): boolean {
  const value = signature.value.subarray(0, ED25519_SIGNATURE_BYTES);
  const extra = signature.value.subarray(ED25519_SIGNATURE_BYTES);
  if (extra.length !== EXTRA_BYTES || ((extra[0] ?? 0) & USER_PRESENT) === 0) return false;
  const parts = [hashNatively('sha256', application), extra, hashNatively('sha256', data)];
  return verifyEd25519(key, Buffer.concat(parts), value);
}

function verifyEcdsa(
  curve: EcdsaCurve,
  key: KeyObject,
  value: Uint8Array,
  data: Uint8Array,
): boolean {
  const { hash, coordinateBytes } = CURVES[curve];
  const reader = createSshReader(value);
  const numbers = [reader.string(), reader.string()].map((bytes) =>
    padLeft(parseMpint(bytes, coordinateBytes), coordinateBytes),
  );
  reader.end();
  return verify(hash, data, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat(numbers));
}

function padLeft(bytes: Uint8Array, length: number): Buffer {
  return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
