import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { toEd25519Blob, toPublicKeyLine } from '../../reconciler/core/audit/ssh-public-key.ts';
import {
  formatArmor,
  formatSignedData,
  type HashName,
  type SshSignature,
} from '../../reconciler/core/audit/ssh-signature.ts';

/** The seed of RFC 8032's first test. */
const TEST_SEED = Buffer.from(
  '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
  'hex',
);

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that signs anything in any form: for signatures that no honest signer makes. */
export function createForger(seed: Uint8Array = TEST_SEED) {
  const der = Buffer.concat([PKCS8, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const publicKey = toEd25519Blob(spki.subarray(-32));
  const signData = (data: Uint8Array): Uint8Array => sign(null, data, privateKey);
  return {
    publicKey,
    publicLine: toPublicKeyLine(publicKey),
    signData,
    /** An armor over `payload` that differs from an honest one by `change`. */
    forge(payload: Uint8Array, change: Partial<SshSignature> = {}): string {
      const frame: Omit<SshSignature, 'value'> = {
        publicKey,
        namespace: 'git',
        reserved: new Uint8Array(0),
        hash: 'sha512' as HashName,
        algorithm: 'ssh-ed25519',
        ...change,
      };
      const hash = frame.hash === 'sha256' ? 'sha256' : 'sha512';
      const digest = createHash(hash).update(payload).digest();
      const value = change.value ?? signData(formatSignedData(frame, digest));
      return formatArmor({ ...frame, value });
    },
  };
}

/** The bytes inside an armor, changed and armored again. */
export function editArmor(armor: string, edit: (blob: Buffer) => Buffer): string {
  const [begin = '', ...lines] = armor.trimEnd().split('\n');
  const end = lines.pop() ?? '';
  const blob = edit(Buffer.from(lines.join(''), 'base64'));
  return `${begin}\n${blob.toString('base64')}\n${end}\n`;
}
