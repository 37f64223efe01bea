import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseAllowedSigners } from '../../../reconciler/core/audit/allowed-signers.ts';
import { judgeSignature } from '../../../reconciler/core/audit/judge-signature.ts';
import { toPublicKeyLine } from '../../../reconciler/core/audit/ssh-public-key.ts';
import {
  formatSignedData,
  parseArmor,
  signWithEd25519,
} from '../../../reconciler/core/audit/ssh-signature.ts';
import { createForger } from '../../support/ssh-signatures.ts';

const MESSAGE = Buffer.from('plumbline\n');
const PUBLIC_LINE =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea';
const SIGNATURE =
  '5d2e89d52977bc8a0cbb9249ab76424432c897bc78e53b747570e9a7e91ebb92' +
  '199778b57e559093aa969aee8a683e63ca70982a864a99a682af84311cd18808';
const ARMOR = `-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg11qYAYKxCrfVS/7TyWQHOg7hcv
PapiMlrwIaaPcHURoAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5
AAAAQF0uidUpd7yKDLuSSat2QkQyyJe8eOU7dHVw6afpHruSGZd4tX5VkJOqlpruimg+Y8
pwmCqGSpmmgq+EMRzRiAg=
-----END SSH SIGNATURE-----
`;

const hash = (name: string, bytes: Uint8Array) => createHash(name).update(bytes).digest();

describe('SSH signatures', () => {
  const { publicKey, signData } = createForger();

  it('are, byte for byte, what OpenSSH makes of the same key and message', () => {
    expect(toPublicKeyLine(publicKey)).toBe(PUBLIC_LINE);
    const fingerprint = createHash('sha256').update(publicKey).digest('base64').replace('=', '');
    expect(fingerprint).toBe('bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8');
    const frame = { namespace: 'git', reserved: new Uint8Array(0), hash: 'sha512' as const };
    const data = formatSignedData(frame, hash('sha512', MESSAGE));
    expect(data).toHaveLength(95);
    expect(Buffer.from(signData(data)).toString('hex')).toBe(SIGNATURE);
    const input = { payload: MESSAGE, namespace: 'git', publicKey, hash, sign: signData };
    expect(signWithEd25519(input)).toBe(ARMOR);
  });

  it('are read back to their parts', () => {
    const { value, ...frame } = parseArmor(ARMOR);
    expect(Buffer.from(value).toString('hex')).toBe(SIGNATURE);
    expect(frame).toMatchObject({ namespace: 'git', hash: 'sha512', algorithm: 'ssh-ed25519' });
  });

  it('need a namespace', () => {
    const sign = () =>
      signWithEd25519({ payload: MESSAGE, namespace: '', publicKey, hash, sign: signData });
    expect(sign).toThrow('namespace');
  });

  it('are bad, and not an exception, when the arithmetic fails', () => {
    const { signers } = parseAllowedSigners(`a ${PUBLIC_LINE}`);
    const isValid = (): boolean => {
      throw new Error('no such curve');
    };
    const rules = { signers, namespace: 'git', principal: null };
    const signed = { payload: MESSAGE, armor: ARMOR, at: null };
    expect(judgeSignature(rules, { hash, isValid }, signed)).toEqual({
      state: 'bad',
      why: 'no such curve',
    });
  });
});
