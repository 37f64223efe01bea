import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { isCodedError } from '../../reconciler/core/contracts/coded-error.ts';
import type { SecretRef, SecretSource } from '../../reconciler/ports/secrets.ts';

export type SecretsUnderTest = {
  readonly source: SecretSource;
  readonly put: (ref: SecretRef, value: string) => Promise<void>;
  readonly cleanUp: () => Promise<void>;
};

const REF: SecretRef = { name: 'warehouse', key: 'password' };

/** The refusal's text, after checking that it is one. */
export async function refusalOf(resolving: Promise<unknown>): Promise<string> {
  const thrown = await resolving.then(
    () => null,
    (error: unknown) => error,
  );
  expect(isCodedError(thrown, 'P407')).toBe(true);
  return inspect(thrown, { depth: 10 });
}

type Make = () => Promise<SecretsUnderTest>;

export function describeSecrets(name: string, create: Make): void {
  describe(`secrets: ${name}`, () => {
    const opened: SecretsUnderTest[] = [];
    const make = async () => {
      const made = await create();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.cleanUp();
    });

    testValues(make);
    testRefusals(make);
  });
}

function testValues(make: Make): void {
  it('resolves what was put there, exactly', async () => {
    const { source, put } = await make();
    for (const value of ['x', ' spaces stay ', 'ключ-鍵-🔑', 'line one\nline two']) {
      await put(REF, value);
      expect((await source.resolve(REF)).reveal()).toBe(value);
    }
  });

  it('keeps names and keys apart', async () => {
    const { source, put } = await make();
    await put({ name: 'a-b', key: 'c' }, 'first');
    await put({ name: 'a', key: 'b-c' }, 'second');
    expect((await source.resolve({ name: 'a-b', key: 'c' })).reveal()).toBe('first');
    expect((await source.resolve({ name: 'a', key: 'b-c' })).reveal()).toBe('second');
  });

  it('gives a value that no printing shows', async () => {
    const { source, put } = await make();
    await put(REF, 'hunter2');
    const secret = await source.resolve(REF);
    const printed = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect(secret)];
    expect(printed.join()).not.toContain('hunter2');
  });
}

function testRefusals(make: Make): void {
  it('says that there is none', async () => {
    const { source, put } = await make();
    await put(REF, 'hunter2');
    const text = await refusalOf(source.resolve({ name: 'warehouse', key: 'token' }));
    expect(text).toContain('warehouse');
    expect(text).not.toContain('hunter2');
    await refusalOf(source.resolve({ name: 'elsewhere', key: 'password' }));
  });

  it('refuses an empty value: it is a mistake, not a secret', async () => {
    const { source, put } = await make();
    await put(REF, '');
    await refusalOf(source.resolve(REF));
  });

  it('refuses a value beyond 64 KiB without echoing it', async () => {
    const { source, put } = await make();
    await put(REF, 'y'.repeat(64 * 1024));
    await expect(source.resolve(REF)).resolves.toBeDefined();
    await put(REF, 'y'.repeat(64 * 1024 + 1));
    expect(await refusalOf(source.resolve(REF))).not.toContain('yyyy');
  });

  it.each([
    '..',
    '.',
    '',
    '../warehouse',
    'a/b',
    'a\\b',
    '/etc',
    'a\0b',
    '-x',
    'x-',
    'Upper',
    'a'.repeat(64),
    '__proto__',
    'constructor/',
    'a\nb',
    'ａ',
  ])('refuses the name %j', async (badName) => {
    const { source } = await make();
    await refusalOf(source.resolve({ name: badName, key: 'password' }));
  });

  it.each([
    '..',
    '.',
    '',
    '../x',
    'a/b',
    'a..b',
    '/etc/passwd',
    'a\0b',
    '-x',
    '.hidden',
    'a'.repeat(129),
  ])('refuses the key %j', async (badKey) => {
    const { source } = await make();
    await refusalOf(source.resolve({ name: 'warehouse', key: badKey }));
  });
}
