import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { SshArithmetic } from '../../../core/audit/judge-signature.ts';
import type { EcdsaCurve, SshPublicKey } from '../../../core/audit/ssh-public-key.ts';
import type { Hash, SshSignature } from '../../../core/audit/ssh-signature.ts';
import { createSshReader, parseMpint } from '../../../core/audit/ssh-wire.ts';

const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const ED25519_SIGNATURE_BYTES = 64;
const USER_PRESENT = 1;

const CURVES = {
  nistp256: { name: 'P-256', hash: 'sha256', coordinateBytes: 32 },
  nistp384: { name: 'P-384', hash: 'sha384', coordinateBytes: 48 },
  nistp521: { name: 'P-521', hash: 'sha512', coordinateBytes: 66 },
} as const satisfies Record<EcdsaCurve, object>;

export const hashNatively: Hash = (name, bytes) => createHash(name).update(bytes).digest();

/** Node's cryptography for every accepted kind of key. */
export const NATIVE_ARITHMETIC: SshArithmetic = {
  hash: hashNatively,
  isValid(key, signature, data) {
    switch (key.kind) {
      case 'ed25519':
        return verifyEd25519(key.key, data, signature.value);
      case 'security-key-ed25519':
        return verifySecurityKey(key, signature, data);
      case 'ecdsa':
        return verifyEcdsa(key.curve, key.point, signature.value, data);
      case 'rsa':
        return verifyRsa(key, signature, data);
    }
  },
};

function verifyEd25519(key: Uint8Array, data: Uint8Array, value: Uint8Array): boolean {
  if (value.length !== ED25519_SIGNATURE_BYTES) return false;
  return verify(null, data, toEd25519Key(key), value);
}

function toEd25519Key(key: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([ED25519_SPKI, key]), format: 'der', type: 'spki' });
}

/** The device signs digests of ours beside a counter, and whether it felt a person's touch. */
function verifySecurityKey(
  key: Extract<SshPublicKey, { kind: 'security-key-ed25519' }>,
  signature: SshSignature,
  data: Uint8Array,
): boolean {
  const value = signature.value.subarray(0, ED25519_SIGNATURE_BYTES);
  const flagsAndCounter = signature.value.subarray(ED25519_SIGNATURE_BYTES);
  if (flagsAndCounter.length !== 5 || ((flagsAndCounter[0] ?? 0) & USER_PRESENT) === 0)
    return false;
  const parts = [
    hashNatively('sha256', key.application),
    flagsAndCounter,
    hashNatively('sha256', data),
  ];
  return verifyEd25519(key.key, Buffer.concat(parts), value);
}

function verifyEcdsa(
  curve: EcdsaCurve,
  point: Uint8Array,
  value: Uint8Array,
  data: Uint8Array,
): boolean {
  const { name, hash, coordinateBytes } = CURVES[curve];
  const key = createPublicKey({
    key: {
      kty: 'EC',
      crv: name,
      x: toBase64Url(point.subarray(0, coordinateBytes)),
      y: toBase64Url(point.subarray(coordinateBytes)),
    },
    format: 'jwk',
  });
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

function verifyRsa(
  key: Extract<SshPublicKey, { kind: 'rsa' }>,
  signature: SshSignature,
  data: Uint8Array,
): boolean {
  const publicKey = createPublicKey({
    key: { kty: 'RSA', n: toBase64Url(key.modulus), e: toBase64Url(key.exponent) },
    format: 'jwk',
  });
  const hash = signature.algorithm === 'rsa-sha2-512' ? 'sha512' : 'sha256';
  return verify(hash, data, publicKey, signature.value);
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
