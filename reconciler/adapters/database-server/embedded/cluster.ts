import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { Secret } from '../../../ports/secrets.ts';
import type { Binaries } from './binaries.ts';
import { readIfPresent, replaceFile } from './files.ts';
import type { Home } from './home.ts';
import { type Account, runProgram } from './program.ts';

/** The one role: it owns the databases of this server, which serves nobody else. */
export const ROLE = 'plumbline';

const INITDB_TIMEOUT_MS = 180_000;

/** 192 bits, in an alphabet that needs no escaping in a URL. */
const PASSWORD_BYTES = 24;

export async function isInitialised(home: Home): Promise<boolean> {
  try {
    await stat(join(home.dataFolder, 'PG_VERSION'));
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return false;
    throw error;
  }
}

export async function readPassword(home: Home): Promise<Secret> {
  const text = await readIfPresent(home.passwordFile);
  if (text !== null) return new Secret(text.trim());
  throw new CodedError('P401', `the password of the database server is gone: ${home.passwordFile}`);
}

/** Creates the cluster beside its place and moves it there: a crash leaves no half cluster. */
export async function initialise(
  home: Home,
  binaries: Binaries,
  randomness: Randomness,
): Promise<void> {
  const password = Buffer.from(randomness.bytes(PASSWORD_BYTES)).toString('base64url');
  await replaceFile(home.passwordFile, `${password}\n`);
  await rm(home.newDataFolder, { recursive: true, force: true });
  await mkdir(home.newDataFolder, { mode: 0o700 });
  await give(home.newDataFolder, home.account);
  await runInitdb(home, binaries, password);
  await rename(home.newDataFolder, home.dataFolder);
  await syncFolder(home.folder);
}

/** The password goes through a file that only the server's user reads, never through arguments. */
async function runInitdb(home: Home, binaries: Binaries, password: string): Promise<void> {
  const passwordFile = join(home.folder, 'initial-password');
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
    await give(passwordFile, home.account);
    const { status, output } = await runProgram({
      file: binaries.initdb,
      args: toInitdbArguments(home.newDataFolder, passwordFile),
      account: home.account,
      workFolder: home.newDataFolder,
      timeoutMs: INITDB_TIMEOUT_MS,
    });
    if (status === 0) return;
    throw new CodedError('P401', `Postgres could not create its data folder:\n${output.trim()}`, {
      details: { folder: home.dataFolder, as: home.account?.name ?? 'this user' },
    });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Its own UTF-8 order of characters: the same on each machine, whatever locales it has. */
function toInitdbArguments(dataFolder: string, passwordFile: string): readonly string[] {
  return [
    `--pgdata=${dataFolder}`,
    `--username=${ROLE}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
    '--no-locale',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
}

async function give(path: string, account: Account | null): Promise<void> {
  if (account !== null) await chown(path, account.uid, account.gid);
}
