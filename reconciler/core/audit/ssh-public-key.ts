import { decodeBase64, encodeBase64 } from '../contracts/base64.ts';
import { joinBytes } from '../contracts/git-commit.ts';
import { createSshReader, parseMpint, toSshString } from './ssh-wire.ts';

export type EcdsaCurve = 'nistp256' | 'nistp384' | 'nistp521';

/** The kinds of keys whose signatures we judge. Certificates and DSA are not among them. */
export type SshPublicKey =
  | { readonly kind: 'ed25519'; readonly key: Uint8Array }
  | {
      readonly kind: 'security-key-ed25519';
      readonly key: Uint8Array;
      readonly application: Uint8Array;
    }
  | { readonly kind: 'ecdsa'; readonly curve: EcdsaCurve; readonly point: Uint8Array }
  | { readonly kind: 'rsa'; readonly exponent: Uint8Array; readonly modulus: Uint8Array };

const ED25519_BYTES = 32;
const SECURITY_KEY = 'sk-ssh-ed25519@openssh.com';
/** Bytes of one coordinate. */
const CURVES: Readonly<Record<EcdsaCurve, number>> = { nistp256: 32, nistp384: 48, nistp521: 66 };
const MIN_RSA_BYTES = 2048 / 8;
const MAX_RSA_BYTES = 16384 / 8;
const MAX_EXPONENT_BYTES = 8;

/** Throws when the blob is malformed or of a kind that is not accepted. */
export function parsePublicKey(blob: Uint8Array): SshPublicKey {
  const reader = createSshReader(blob);
  const type = reader.text();
  const key = parseFields(type, reader);
  reader.end();
  return key;
}

function parseFields(type: string, reader: ReturnType<typeof createSshReader>): SshPublicKey {
  switch (type) {
    case 'ssh-ed25519':
      return { kind: 'ed25519', key: checkLength(reader.string(), ED25519_BYTES) };
    case SECURITY_KEY: {
      const key = checkLength(reader.string(), ED25519_BYTES);
      return { kind: 'security-key-ed25519', key, application: reader.string() };
    }
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const curve = type.slice('ecdsa-sha2-'.length) as EcdsaCurve;
      if (reader.text() !== curve) throw new Error('the key names two curves');
      // 4 marks a point whose two coordinates are spelled out, the only form in use.
      const point = checkLength(reader.string(), 1 + 2 * CURVES[curve]);
      if (point[0] !== 4) throw new Error('the point of the key is compressed');
      return { kind: 'ecdsa', curve, point: point.subarray(1) };
    }
    case 'ssh-rsa': {
      const exponent = parseMpint(reader.string(), MAX_EXPONENT_BYTES);
      const modulus = parseMpint(reader.string(), MAX_RSA_BYTES);
      if (modulus.length < MIN_RSA_BYTES) throw new Error('RSA keys have 2,048 bits or more');
      return { kind: 'rsa', exponent, modulus };
    }
    default:
      throw new Error(`keys of type ${type.slice(0, 60)} are not accepted`);
  }
}

function checkLength(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) throw new Error('the key has another length than its type');
  return bytes;
}

export function toEd25519Blob(key: Uint8Array): Uint8Array {
  return joinBytes([toSshString('ssh-ed25519'), toSshString(checkLength(key, ED25519_BYTES))]);
}

/** The line of a `.pub` file, without a comment. */
export function toPublicKeyLine(blob: Uint8Array): string {
  return `${createSshReader(blob).text()} ${encodeBase64(blob)}`;
}

/** The blob of `ssh-ed25519 AAAA… comment`; null when the line is none. */
export function parsePublicKeyLine(line: string): Uint8Array | null {
  const [type, encoded] = line.trim().split(/[ \t]+/);
  const blob = decodeBase64(encoded ?? '');
  if (blob === null) return null;
  try {
    parsePublicKey(blob);
    return createSshReader(blob).text() === type ? blob : null;
  } catch {
    return null;
  }
}

/** The signature algorithms that a key may sign with; never RSA with SHA-1. */
export function toAlgorithms(key: SshPublicKey): readonly string[] {
  switch (key.kind) {
    case 'ed25519':
      return ['ssh-ed25519'];
    case 'security-key-ed25519':
      return [SECURITY_KEY];
    case 'ecdsa':
      return [`ecdsa-sha2-${key.curve}`];
    case 'rsa':
      return ['rsa-sha2-512', 'rsa-sha2-256'];
  }
}
