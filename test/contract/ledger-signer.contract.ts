import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LedgerSigner, SignatureVerifier } from '../../reconciler/ports/ledger-signer.ts';
import { createForger, editArmor } from '../support/ssh-signatures.ts';

export type LedgerSignerSubject = {
  readonly name: string;
  /** Another key for each label, the same one for the same label; for commits by default. */
  readonly createSigner: (label: string, namespace?: string) => Promise<LedgerSigner>;
  readonly createVerifier: (options: {
    readonly allowedSigners: string;
    readonly namespace?: string;
    readonly principal?: string;
  }) => SignatureVerifier;
};

const PAYLOAD = Buffer.from('tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\nplumbline\n');
const FORGER = createForger();

export function describeLedgerSigner(subject: LedgerSignerSubject): void {
  const { createSigner, createVerifier } = subject;
  const judge = (allowedSigners: string, armor: string, at?: number) =>
    createVerifier({ allowedSigners }).verify(PAYLOAD, armor, at);
  const forged = (armor: string) => judge(`ledger@ae ${FORGER.publicLine}`, armor);

  describe(`ledger signer: ${subject.name}`, () => {
    it('signs so that the signature is good, and the same each time', async () => {
      const signer = await createSigner('a');
      const armor = await signer.sign(PAYLOAD);
      expect(await signer.sign(PAYLOAD)).toBe(armor);
      expect(judge(`ledger@ae ${signer.publicKey} a comment`, armor)).toEqual({
        state: 'good',
        principal: 'ledger@ae',
        publicKey: signer.publicKey,
      });
    });

    it('writes lines that Git can fold into a header', async () => {
      const armor = await (await createSigner('a')).sign(PAYLOAD);
      expect(armor).toMatch(
        /^-----BEGIN SSH SIGNATURE-----\n[\s\S]+-----END SSH SIGNATURE-----\n$/,
      );
      for (const line of armor.trimEnd().split('\n')) {
        expect(line.length).toBeGreaterThan(0);
        expect(line.length).toBeLessThanOrEqual(70);
      }
    });

    it('is bad over anything else', async () => {
      const signer = await createSigner('a');
      const verifier = createVerifier({ allowedSigners: `a ${signer.publicKey}` });
      const armor = await signer.sign(PAYLOAD);
      for (const payload of [PAYLOAD.subarray(1), Buffer.concat([PAYLOAD, Buffer.of(10)])]) {
        expect(verifier.verify(payload, armor).state).toBe('bad');
      }
    });

    it('is bad of a key that is not allowed', async () => {
      const [ours, foreign] = [await createSigner('a'), await createSigner('b')];
      expect(foreign.publicKey).not.toBe(ours.publicKey);
      const armor = await foreign.sign(PAYLOAD);
      expect(judge(`a ${ours.publicKey}`, armor).state).toBe('bad');
      expect(judge('', armor).state).toBe('bad');
      expect(judge(`# a ${foreign.publicKey}`, armor).state).toBe('bad');
      expect(judge(`b cert-authority ${foreign.publicKey}`, armor).state).toBe('bad');
    });

    it('signs in the namespace that it was opened for, with the same key', async () => {
      const signer = await createSigner('a', 'plumbline-approval');
      expect(signer.publicKey).toBe((await createSigner('a')).publicKey);
      const armor = await signer.sign(PAYLOAD);
      const allowedSigners = `a ${signer.publicKey}`;
      expect(judge(allowedSigners, armor).state).toBe('bad');
      const verifier = createVerifier({ allowedSigners, namespace: 'plumbline-approval' });
      expect(verifier.verify(PAYLOAD, armor).state).toBe('good');
    });

    it('asks for the namespace, of the signature and of the signer', async () => {
      const signer = await createSigner('a');
      const armor = await signer.sign(PAYLOAD);
      const line = (options: string) => `a ${options} ${signer.publicKey}`;
      expect(judge(line('namespaces="git,plumbline-checkpoint"'), armor).state).toBe('good');
      expect(judge(line('NameSpaces="g*"'), armor).state).toBe('good');
      expect(judge(line('namespaces="file"'), armor).state).toBe('bad');
      const verifier = createVerifier({
        allowedSigners: `a ${signer.publicKey}`,
        namespace: 'plumbline-checkpoint',
      });
      expect(verifier.verify(PAYLOAD, armor).state).toBe('bad');
    });

    it('asks for the principal when one is expected', async () => {
      const signer = await createSigner('a');
      const armor = await signer.sign(PAYLOAD);
      const ask = (patterns: string, principal: string) =>
        createVerifier({ allowedSigners: `${patterns} ${signer.publicKey}`, principal }).verify(
          PAYLOAD,
          armor,
        );
      expect(ask('ledger@ae', 'ledger@ae')).toMatchObject({
        state: 'good',
        principal: 'ledger@ae',
      });
      expect(ask('*@a?,!x@ae', 'ledger@ae')).toMatchObject({ state: 'good' });
      expect(ask('*@a?,!ledger@*', 'ledger@ae').state).toBe('bad');
      expect(ask('ledger@ae', 'ledger@sa').state).toBe('bad');
    });

    it('holds a key to its period, ends included, and to no period it is not told of', async () => {
      const signer = await createSigner('a');
      const armor = await signer.sign(PAYLOAD);
      const line = `a valid-after="20260101Z",valid-before="202602030405Z" ${signer.publicKey}`;
      const states = [
        Date.UTC(2025, 11, 31, 23, 59, 59),
        Date.UTC(2026, 0, 1),
        Date.UTC(2026, 1, 3, 4, 5),
        Date.UTC(2026, 1, 3, 4, 5, 1),
        undefined,
      ].map((at) => judge(line, armor, at).state);
      expect(states).toEqual(['bad', 'good', 'good', 'bad', 'bad']);
      // A time in the zone of whatever machine reads it is no time.
      expect(judge(`a valid-after="20260101" ${signer.publicKey}`, armor, 1e13).state).toBe('bad');
    });

    it('takes both hashes, and binds what is reserved', () => {
      expect(forged(FORGER.forge(PAYLOAD)).state).toBe('good');
      expect(forged(FORGER.forge(PAYLOAD, { hash: 'sha256' })).state).toBe('good');
      expect(forged(FORGER.forge(PAYLOAD, { reserved: Buffer.from('later') })).state).toBe('good');
    });

    it.each([
      ['another namespace', FORGER.forge(PAYLOAD, { namespace: 'file' })],
      ['an unknown hash', FORGER.forge(PAYLOAD, { hash: 'sha1' as 'sha256' })],
      ['an algorithm of another key', FORGER.forge(PAYLOAD, { algorithm: 'rsa-sha2-512' })],
      ['SHA-1 with RSA', FORGER.forge(PAYLOAD, { algorithm: 'ssh-rsa' })],
      ['a signature that is too short', FORGER.forge(PAYLOAD, { value: new Uint8Array(63) })],
      [
        'bytes after the key',
        FORGER.forge(PAYLOAD, { publicKey: Buffer.concat([FORGER.publicKey, Buffer.of(0)]) }),
      ],
      ['bytes after the signature', FORGER.forge(PAYLOAD, { value: new Uint8Array(65) })],
      [
        'bytes after the blob',
        editArmor(FORGER.forge(PAYLOAD), (blob) => Buffer.concat([blob, Buffer.of(0)])),
      ],
      ['a blob that ends early', editArmor(FORGER.forge(PAYLOAD), (blob) => blob.subarray(0, -1))],
      [
        'a later version',
        editArmor(FORGER.forge(PAYLOAD), (blob) =>
          Buffer.concat([blob.subarray(0, 9), Buffer.of(2), blob.subarray(10)]),
        ),
      ],
      ['carriage returns', FORGER.forge(PAYLOAD).replaceAll('\n', '\r\n')],
      ['something before', `x\n${FORGER.forge(PAYLOAD)}`],
      ['something after', `${FORGER.forge(PAYLOAD)}x`],
      ['a second signature', FORGER.forge(PAYLOAD) + FORGER.forge(PAYLOAD)],
      ['no end', FORGER.forge(PAYLOAD).slice(0, -30)],
      ['too much', FORGER.forge(PAYLOAD, { reserved: new Uint8Array(16 * 1024) })],
      ['nothing', ''],
    ])('is bad with %s', (_, armor) => {
      expect(forged(armor).state).toBe('bad');
    });

    it('is bad after any change of one character', async () => {
      const signer = await createSigner('a');
      const verifier = createVerifier({ allowedSigners: `a ${signer.publicKey}` });
      const armor = (await signer.sign(PAYLOAD)).trimEnd();
      const place = fc.nat({ max: armor.length - 1 });
      fc.assert(
        fc.property(place, fc.string({ unit: 'binary', maxLength: 1 }), (at, character) => {
          fc.pre(armor[at] !== character);
          // Line breaks carry no meaning, wherever they are and whether they are.
          fc.pre(character !== '\n' && !(armor[at] === '\n' && character === ''));
          const changed = armor.slice(0, at) + character + armor.slice(at + 1);
          expect(verifier.verify(PAYLOAD, changed).state).toBe('bad');
        }),
        { numRuns: 300 },
      );
    });

    it('never throws, whatever it is given', () => {
      const blob = fc.uint8Array({ maxLength: 200 });
      fc.assert(
        fc.property(
          fc.string(),
          fc.string({ unit: 'binary' }),
          blob,
          (allowedSigners, text, bytes) => {
            const verifier = createVerifier({ allowedSigners });
            expect(verifier.verify(bytes, text).state).toBe('bad');
            const armor = editArmor(FORGER.forge(bytes), (whole) =>
              Buffer.concat([whole.subarray(0, 10), bytes]),
            );
            expect(forged(armor).state).toBe('bad');
          },
        ),
      );
    });

    it('knows every line of the file, and lets no malformed one through', async () => {
      const signer = await createSigner('a');
      const armor = await signer.sign(PAYLOAD);
      const lines = [
        '',
        'too few',
        `a namespaces="git ${signer.publicKey}`,
        `a verify-required ${signer.publicKey}`,
        `a namespaces="git",namespaces="file" ${signer.publicKey}`,
        `a ${signer.publicKey.slice(0, -1)}`,
        `a ${signer.publicKey.replace('ssh-ed25519', 'ssh-rsa')}`,
        `, ${signer.publicKey}`,
      ];
      expect(judge(lines.join('\n'), armor).state).toBe('bad');
      const line = `\t"last one" \t${signer.publicKey}\r`;
      expect(judge([...lines, line].join('\n'), armor)).toMatchObject({
        state: 'good',
        principal: 'last one',
      });
    });
  });
}
