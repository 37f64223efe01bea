import { link, mkdir, open, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { isDigest } from '../../../core/contracts/digest.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import { readText } from './layout-files.ts';

/** Which record belongs to a version: the first that was published. */
export type Referrer = { readonly version: string; readonly record: string };

export interface Referrers {
  /** The digest that stands there in the end: ours, or that of whoever was first. */
  claim(referrer: Referrer): Promise<string>;
  find(version: string): Promise<string | null>;
  /** By version. */
  list(): Promise<readonly Referrer[]>;
}

/** At a few kilobytes each, far more than a zone's disk would hold models. */
const MAX_REFERRERS = 100_000;

/** The file names of a version's hexadecimal digits; its text is the digest of the record. */
export function createReferrers(deps: {
  readonly folder: string;
  readonly randomness: Randomness;
}): Referrers {
  const folder = join(deps.folder, 'referrers');
  const pathOf = (version: string) => join(folder, version.slice('sha256:'.length));

  const find = async (version: string): Promise<string | null> => {
    const text = await readDigest(pathOf(version));
    if (text === null || isDigest(text)) return text;
    throw new CodedError('P806', `${pathOf(version)} names no record: restore it from a backup`);
  };

  return {
    find,

    async claim({ version, record }) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const nonce = Buffer.from(deps.randomness.bytes(12)).toString('hex');
      const asidePath = join(folder, `.${nonce}`);
      try {
        await writeDurably(asidePath, `${record}\n`);
        // Unlike a rename, a link fails when the name is taken: only one publisher is the first.
        await link(asidePath, pathOf(version));
        await syncFolder(folder);
        return record;
      } catch (error) {
        if (!hasErrorCode(error, 'EEXIST')) throw error;
        return (await find(version)) ?? record;
      } finally {
        await rm(asidePath, { force: true });
      }
    },

    async list() {
      const referrers: Referrer[] = [];
      for (const name of await listNames(folder)) {
        const version = `sha256:${name}`;
        // What is damaged is found when it is asked for by its name.
        const record = isDigest(version) ? await readDigest(pathOf(version)) : null;
        if (record !== null && isDigest(record)) referrers.push({ version, record });
      }
      return referrers.sort((left, right) => (left.version < right.version ? -1 : 1));
    },
  };
}

async function readDigest(path: string): Promise<string | null> {
  return (await readText(path))?.trim() ?? null;
}

async function listNames(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      names.push(name);
      if (names.length > MAX_REFERRERS) throw new Error(`more than ${MAX_REFERRERS} versions`);
    }
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  }
  return names;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
