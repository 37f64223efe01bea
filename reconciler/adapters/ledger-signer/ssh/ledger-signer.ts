import { sign } from 'node:crypto';
import { open } from 'node:fs/promises';
import { toPublicKeyLine } from '../../../core/audit/ssh-public-key.ts';
import { GIT_NAMESPACE, signWithEd25519 } from '../../../core/audit/ssh-signature.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { LedgerSigner } from '../../../ports/ledger-signer.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { hashNatively } from './arithmetic.ts';
import {
  type Ed25519Key,
  formatPrivateKeyFile,
  formatPublicKeyFile,
  parsePrivateKeyFile,
  toEd25519Key,
} from './key-file.ts';

const SEED_BYTES = 32;
const CHECK_BYTES = 4;
const OWNER_ONLY = 0o600;
const PUBLIC = 0o644;
const OTHERS = 0o077;
const MAX_KEY_BYTES = 64 * 1024;

/**
 * Makes a key pair at `path` and `path.pub`, which must not be there, and returns the public line.
 * The comment is public: it says whose key it is.
 */
export async function createSshKey(
  randomness: Randomness,
  input: { readonly path: string; readonly comment: string },
): Promise<string> {
  const { path, comment } = input;
  if (!/^[\x21-\x7e]{1,200}$/.test(comment)) {
    throw new CodedError('P412', 'the comment of a key is one word of plain characters');
  }
  const seed = randomness.bytes(SEED_BYTES);
  const check = randomness.bytes(CHECK_BYTES);
  const { publicKey } = toEd25519Key(seed);
  await writeNew(path, formatPrivateKeyFile({ seed, check, comment }), OWNER_ONLY);
  await writeNew(`${path}.pub`, formatPublicKeyFile(publicKey, comment), PUBLIC);
  return toPublicKeyLine(publicKey);
}

async function writeNew(path: string, text: string, mode: number): Promise<void> {
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw toKeyFailure(path, `cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

/**
 * Throws P412 for a file that is missing, readable by others, encrypted or no Ed25519 key. Signs in
 * the namespace of commits unless another is named.
 */
export async function loadSshLedgerSigner(
  path: string,
  namespace: string = GIT_NAMESPACE,
): Promise<LedgerSigner> {
  return toSigner(parse(path, await readPrivate(path)), namespace);
}

async function readPrivate(path: string): Promise<string> {
  try {
    // Judged and read through one handle, so that no other file can slip in between.
    const file = await open(path, 'r');
    try {
      const { mode, size } = await file.stat();
      if ((mode & OTHERS) !== 0)
        throw toKeyFailure(path, `is readable by others; run: chmod 600 ${path}`);
      if (size > MAX_KEY_BYTES) throw toKeyFailure(path, 'is too large for a key');
      return await file.readFile('latin1');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw toKeyFailure(path, `cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parse(path: string, text: string): Ed25519Key {
  try {
    return parsePrivateKeyFile(text);
  } catch (error) {
    throw toKeyFailure(path, `is refused: ${(error as Error).message}`);
  }
}

/** Without a cause: nothing that was read of a key may reach a log. */
function toKeyFailure(path: string, what: string): CodedError {
  return new CodedError('P412', `key file ${path} ${what}`, { details: { path } });
}

function toSigner(key: Ed25519Key, namespace: string): LedgerSigner {
  const { privateKey, publicKey } = key;
  return {
    publicKey: toPublicKeyLine(publicKey),
    sign: async (payload) =>
      signWithEd25519({
        payload,
        namespace,
        publicKey,
        hash: hashNatively,
        sign: (data) => sign(null, data, privateKey),
      }),
  };
}
