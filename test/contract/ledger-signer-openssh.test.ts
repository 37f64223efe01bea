import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNativeGit } from '../../reconciler/adapters/git/native/git.ts';
import {
  createSshKey,
  loadSshLedgerSigner,
} from '../../reconciler/adapters/ledger-signer/ssh/ledger-signer.ts';
import { createSshSignatureVerifier } from '../../reconciler/adapters/ledger-signer/ssh/signature-verifier.ts';
import { createSystemProcessIdentity } from '../../reconciler/adapters/process-identity/system/process-identity.ts';
import { createSystemRandomness } from '../../reconciler/adapters/randomness/system/randomness.ts';
import { toPublicKeyLine } from '../../reconciler/core/audit/ssh-public-key.ts';
import { formatArmor, formatSignedData } from '../../reconciler/core/audit/ssh-signature.ts';
import { toSshString } from '../../reconciler/core/audit/ssh-wire.ts';
import { createBareRepository } from '../support/bare-repository.ts';
import { BRANCH, toDraft } from './git/harness.ts';

const HAS_SSH_KEYGEN = spawnSync('ssh-keygen', ['-?']).error === undefined;
const PAYLOAD = Buffer.from('plumbline\n');

describe('keys of the ledger', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plumbline-keys-'));
    path = join(folder, 'key');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const createKey = () => createSshKey(createSystemRandomness(), { path, comment: 'ledger@ae' });
  const keygen = (args: readonly string[], input: string | Buffer = '') =>
    execFileSync('ssh-keygen', args, { input, encoding: 'utf8', stdio: 'pipe' });

  it('are for the owner alone, and never replaced', async () => {
    const line = await createKey();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(`${path}.pub`, 'utf8')).toBe(`${line} ledger@ae\n`);
    await expect(createKey()).rejects.toMatchObject({ code: 'P412' });
    expect((await loadSshLedgerSigner(path)).publicKey).toBe(line);
  });

  it('are refused when others can read them, and when they are none', async () => {
    await createKey();
    for (const mode of [0o640, 0o604]) {
      await chmod(path, mode);
      await expect(loadSshLedgerSigner(path)).rejects.toThrow(/readable by others; run: chmod 600/);
    }
    await chmod(path, 0o600);
    const text = await readFile(path, 'utf8');
    for (const damaged of ['', 'x', text.slice(0, 200), text.replace('b3Bl', 'b3Bm')]) {
      await writeFile(path, damaged);
      await expect(loadSshLedgerSigner(path)).rejects.toMatchObject({ code: 'P412' });
    }
    await expect(loadSshLedgerSigner(join(folder, 'none'))).rejects.toMatchObject({ code: 'P412' });
  });

  it('take no comment that could be more than one word', async () => {
    const create = (comment: string) => createSshKey(createSystemRandomness(), { path, comment });
    for (const comment of ['', 'two words', 'a\nssh-ed25519 AAAA']) {
      await expect(create(comment)).rejects.toMatchObject({ code: 'P412' });
    }
  });

  it('signs with a security key only when it was touched', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const type = 'sk-ssh-ed25519@openssh.com';
    const blob = Buffer.concat([type, raw, 'ssh:'].map(toSshString));
    const frame = { namespace: 'git', reserved: new Uint8Array(0), hash: 'sha512' as const };
    const digest = (name: string, bytes: Uint8Array | string) =>
      createHash(name).update(bytes).digest();
    const armor = (flags: number) => {
      const data = formatSignedData(frame, digest('sha512', PAYLOAD));
      const extra = Buffer.of(flags, 0, 0, 0, 7);
      const signed = [digest('sha256', 'ssh:'), extra, digest('sha256', data)];
      const value = Buffer.concat([sign(null, Buffer.concat(signed), privateKey), extra]);
      const inner = formatArmor({ ...frame, publicKey: blob, algorithm: type, value });
      return moveExtraOutside(inner, value.length);
    };
    const verifier = createSshSignatureVerifier({ allowedSigners: `a ${toPublicKeyLine(blob)}` });
    expect(verifier.verify(PAYLOAD, armor(1))).toMatchObject({ state: 'good' });
    expect(verifier.verify(PAYLOAD, armor(0)).state).toBe('bad');
  });

  describe.skipIf(!HAS_SSH_KEYGEN)('as ssh-keygen sees them', () => {
    it('are read by it', async () => {
      const line = await createKey();
      expect(keygen(['-y', '-f', path]).trim()).toBe(`${line} ledger@ae`);
      expect(keygen(['-l', '-f', `${path}.pub`])).toContain('ledger@ae (ED25519)');
    });

    it('of its own making are loaded, but not encrypted or of another type', async () => {
      keygen(['-q', '-t', 'ed25519', '-N', '', '-C', 'a', '-f', path]);
      const line = (await readFile(`${path}.pub`, 'utf8')).split(' ').slice(0, 2).join(' ');
      expect((await loadSshLedgerSigner(path)).publicKey).toBe(line);
      keygen(['-q', '-t', 'ed25519', '-N', 'secret', '-f', join(folder, 'locked')]);
      const locked = loadSshLedgerSigner(join(folder, 'locked'));
      await expect(locked).rejects.toThrow(/encrypted/);
      keygen(['-q', '-t', 'ecdsa', '-N', '', '-f', join(folder, 'ecdsa')]);
      const other = loadSshLedgerSigner(join(folder, 'ecdsa'));
      await expect(other).rejects.toMatchObject({ code: 'P412' });
    });

    it('make signatures that it accepts', async () => {
      const line = await createKey();
      const armor = await (await loadSshLedgerSigner(path)).sign(PAYLOAD);
      const [signers, signature] = [join(folder, 'allowed'), join(folder, 'sig')];
      await writeFile(signers, `ledger@ae namespaces="git" ${line}\n`);
      await writeFile(signature, armor);
      const args = ['-Y', 'verify', '-f', signers, '-I', 'ledger@ae', '-n', 'git', '-s', signature];
      expect(keygen(args, PAYLOAD)).toContain('Good "git" signature for ledger@ae');
      expect(() => keygen(args, Buffer.from('other'))).toThrow();
    });

    it.each([
      ['ed25519', []],
      ['ecdsa', ['-b', '256']],
      ['ecdsa', ['-b', '384']],
      ['ecdsa', ['-b', '521']],
      ['rsa', ['-b', '2048']],
    ])('of type %s %j are judged as it judges them', async (type, bits) => {
      keygen(['-q', '-t', type, ...bits, '-N', '', '-f', path]);
      const line = await readFile(`${path}.pub`, 'utf8');
      const verifier = createSshSignatureVerifier({ allowedSigners: `a ${line}` });
      // Padding of numbers differs from one signature to the next.
      for (let round = 0; round < 8; round += 1) {
        const payload = Buffer.from(`${round}`);
        const armor = keygen(['-q', '-Y', 'sign', '-n', 'git', '-f', path], payload);
        expect(verifier.verify(payload, armor)).toMatchObject({ state: 'good', principal: 'a' });
        expect(verifier.verify(PAYLOAD, armor).state).toBe('bad');
      }
    });

    it('sign commits that git verify-commit accepts', async () => {
      const line = await createKey();
      const repository = await createBareRepository();
      const processIdentity = createSystemProcessIdentity();
      const git = createNativeGit({ repositoryPath: repository.path, processIdentity });
      try {
        const signer = await loadSshLedgerSigner(path);
        const drafts = [toDraft({ a: '1' }), toDraft({ a: '2' }, 'Second\n\nPlumbline-Seq: 2\n')];
        const oids = await git.append({ branch: BRANCH, expectedTip: null, drafts, signer });
        const signers = join(folder, 'allowed');
        await writeFile(signers, `ledger@ae namespaces="git" ${line}\n`);
        const config = ['-c', `gpg.ssh.allowedSignersFile=${signers}`, '-c', 'gpg.format=ssh'];
        for (const oid of oids) {
          expect(() => repository.run([...config, 'verify-commit', oid])).not.toThrow();
        }
        await writeFile(signers, `other@ae ${line.slice(0, -4)}AAAA\n`);
        expect(() => repository.run([...config, 'verify-commit', oids[0] as string])).toThrow();
      } finally {
        await git.close();
        await repository.remove();
      }
    });
  });
});

/** A security key's flags and counter stand behind the string of its signature, not inside it. */
function moveExtraOutside(armor: string, valueLength: number): string {
  const [begin = '', ...lines] = armor.trimEnd().split('\n');
  const end = lines.pop() ?? '';
  const blob = Buffer.from(lines.join(''), 'base64');
  blob.writeUInt32BE(valueLength - 5, blob.length - valueLength - 4);
  return `${begin}\n${blob.toString('base64')}\n${end}\n`;
}
