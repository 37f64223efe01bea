import { utf8ToBytes } from '@noble/hashes/utils.js';
import { decodeBase64, encodeBase64 } from '../contracts/base64.ts';
import { joinBytes } from '../contracts/git-commit.ts';
import { createSshReader, toSshString, toUint32 } from './ssh-wire.ts';

/** The namespace of commit signatures, which Git asks for. */
export const GIT_NAMESPACE = 'git';

export type HashName = 'sha256' | 'sha512';
export type Hash = (name: HashName, bytes: Uint8Array) => Uint8Array;

const BEGIN = '-----BEGIN SSH SIGNATURE-----\n';
const END = '-----END SSH SIGNATURE-----';
const PREAMBLE = utf8ToBytes('SSHSIG');
const VERSION = 1;
/** What OpenSSH writes. */
const LINE_CHARACTERS = 70;
/** The largest signature of an accepted key, RSA with 16,384 bits, is a third of this. */
const MAX_ARMOR_CHARACTERS = 16 * 1024;

export type SshSignature = {
  readonly publicKey: Uint8Array;
  readonly namespace: string;
  readonly reserved: Uint8Array;
  readonly hash: HashName;
  readonly algorithm: string;
  /** What the algorithm made, with what follows it for security keys. */
  readonly value: Uint8Array;
};

/** What is really signed: a digest bound to a purpose, so that no signature serves another one. */
export function formatSignedData(
  signature: Pick<SshSignature, 'namespace' | 'reserved' | 'hash'>,
  digest: Uint8Array,
): Uint8Array {
  const { namespace, reserved, hash } = signature;
  if (namespace === '') throw new Error('a signature has a namespace');
  const fields = [namespace, reserved, hash, digest].map(toSshString);
  return joinBytes([PREAMBLE, ...fields]);
}

export function formatArmor(signature: SshSignature): string {
  const { publicKey, namespace, reserved, hash, algorithm, value } = signature;
  const inner = joinBytes([toSshString(algorithm), toSshString(value)]);
  const fields = [publicKey, namespace, reserved, hash, inner].map(toSshString);
  const encoded = encodeBase64(joinBytes([PREAMBLE, toUint32(VERSION), ...fields]));
  const lines = encoded.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}\n`;
}

/** Throws, with a reason for people, unless the armor is one well-formed signature. */
export function parseArmor(armor: string): SshSignature {
  const reader = createSshReader(decodeArmor(armor));
  if (!isSame(reader.bytes(PREAMBLE.length), PREAMBLE)) throw new Error('it is no SSH signature');
  if (reader.uint32() !== VERSION) throw new Error('its version is not 1');
  const publicKey = reader.string();
  const namespace = reader.text();
  const reserved = reader.string();
  const hash = reader.text();
  const inner = createSshReader(reader.string());
  reader.end();
  if (hash !== 'sha256' && hash !== 'sha512') throw new Error('its hash is not accepted');
  const algorithm = inner.text();
  const value = readValue(inner, algorithm);
  return { publicKey, namespace, reserved, hash, algorithm, value };
}

/** One flag byte and a counter follow the signature of a security key. */
const SECURITY_KEY_EXTRA_BYTES = 5;

function readValue(inner: ReturnType<typeof createSshReader>, algorithm: string): Uint8Array {
  const value = inner.string();
  const extra = algorithm.startsWith('sk-')
    ? inner.bytes(SECURITY_KEY_EXTRA_BYTES)
    : new Uint8Array(0);
  inner.end();
  return joinBytes([value, extra]);
}

function decodeArmor(armor: string): Uint8Array {
  if (armor.length > MAX_ARMOR_CHARACTERS) throw new Error('it is too long');
  if (!armor.startsWith(BEGIN)) throw new Error('it does not begin like an SSH signature');
  const end = armor.indexOf(`\n${END}`);
  if (end === -1) throw new Error('it does not end like an SSH signature');
  const after = armor.slice(end + 1 + END.length);
  if (after !== '' && after !== '\n') throw new Error('something follows it');
  const bytes = decodeBase64(armor.slice(BEGIN.length, end).replaceAll('\n', ''));
  if (bytes === null) throw new Error('its text is not base64');
  return bytes;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}

/** An armored Ed25519 signature over `payload`, as `ssh-keygen -Y sign` makes it. */
export function signWithEd25519(input: {
  readonly payload: Uint8Array;
  readonly namespace: string;
  readonly publicKey: Uint8Array;
  readonly hash: Hash;
  readonly sign: (data: Uint8Array) => Uint8Array;
}): string {
  const frame = {
    namespace: input.namespace,
    reserved: new Uint8Array(0),
    hash: 'sha512' as const,
  };
  const data = formatSignedData(frame, input.hash(frame.hash, input.payload));
  const { publicKey } = input;
  return formatArmor({ ...frame, publicKey, algorithm: 'ssh-ed25519', value: input.sign(data) });
}
