import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { toEd25519Blob, toPublicKeyLine } from '../../../core/audit/ssh-public-key.ts';
import { createSshReader, toSshString } from '../../../core/audit/ssh-wire.ts';

const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----\n';
const END = '-----END OPENSSH PRIVATE KEY-----\n';
const LINE_CHARACTERS = 70;
const SEED_BYTES = 32;
/** Ciphers work on blocks, and the smallest has this size: without a cipher it is used too. */
const BLOCK_BYTES = 8;
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An unencrypted Ed25519 key as OpenSSH files hold it. */
export type Ed25519Key = {
  readonly privateKey: KeyObject;
  /** The public key's blob, as signatures name it. */
  readonly publicKey: Uint8Array;
};

export function toEd25519Key(seed: Uint8Array): Ed25519Key {
  if (seed.length !== SEED_BYTES) throw new Error(`an Ed25519 seed has ${SEED_BYTES} bytes`);
  const der = Buffer.concat([ED25519_PKCS8, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: toEd25519Blob(spki.subarray(-SEED_BYTES)) };
}

export function formatPrivateKeyFile(input: {
  readonly seed: Uint8Array;
  /** Any four bytes, written twice: how a reader knows that it decrypted rightly. */
  readonly check: Uint8Array;
  readonly comment: string;
}): string {
  const { seed, check, comment } = input;
  const { publicKey } = toEd25519Key(seed);
  const publicBytes = publicKey.subarray(-SEED_BYTES);
  const secret = Buffer.concat([
    ...[check, check, toSshString('ssh-ed25519'), toSshString(publicBytes)],
    ...[toSshString(Buffer.concat([seed, publicBytes])), toSshString(comment)],
  ]);
  const missing = (BLOCK_BYTES - (secret.length % BLOCK_BYTES)) % BLOCK_BYTES;
  const padding = Buffer.from(Array.from({ length: missing }, (_, index) => index + 1));
  const body = Buffer.concat([
    ...[MAGIC, toSshString('none'), toSshString('none'), toSshString('')],
    ...[Buffer.of(0, 0, 0, 1), toSshString(publicKey)],
    toSshString(Buffer.concat([secret, padding])),
  ]);
  const lines = body.toString('base64').match(new RegExp(`.{1,${LINE_CHARACTERS}}`, 'g')) ?? [];
  return `${BEGIN}${lines.join('\n')}\n${END}`;
}

export function formatPublicKeyFile(publicKey: Uint8Array, comment: string): string {
  return `${toPublicKeyLine(publicKey)} ${comment}\n`;
}

/** Throws with a reason that tells nothing of the key. */
export function parsePrivateKeyFile(text: string): Ed25519Key {
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END.trimEnd());
  if (start !== 0 || end === -1) throw new Error('it is no OpenSSH private key');
  const reader = createSshReader(Buffer.from(text.slice(BEGIN.length, end), 'base64'));
  if (!MAGIC.equals(reader.bytes(MAGIC.length))) throw new Error('it is no OpenSSH private key');
  const cipher = reader.text();
  reader.text();
  reader.string();
  if (cipher !== 'none') {
    throw new Error(
      'it is encrypted; the ledger is signed without a person, so use a key without a passphrase',
    );
  }
  if (reader.uint32() !== 1) throw new Error('it holds more than one key');
  const publicKey = reader.string();
  const secret = reader.string();
  reader.end();
  return parseSecret(secret, publicKey);
}

function parseSecret(secret: Uint8Array, publicKey: Uint8Array): Ed25519Key {
  const reader = createSshReader(secret);
  const [check, again] = [reader.uint32(), reader.uint32()];
  if (check !== again) throw new Error('it is damaged');
  const type = reader.text();
  if (type !== 'ssh-ed25519') throw new Error(`it is a key of type ${type}, not ssh-ed25519`);
  reader.string();
  const key = toEd25519Key(reader.string().subarray(0, SEED_BYTES));
  if (!Buffer.from(publicKey).equals(key.publicKey)) throw new Error('its halves do not fit');
  return key;
}
