import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode } from '../../reconciler/core/contracts/has-error-code.ts';
import type { PreparedRows } from '../../reconciler/core/contracts/runner-jobs.ts';
import { fault, refuse } from './refuse.ts';
import type { SplitName } from './splits.ts';

const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];

/** Some thousand files with their digests. */
const MAX_DIGESTS_BYTES = 1024 * 1024;

const preparedRows = z.strictObject({
  v: z.literal(1),
  files: z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/)),
});

/**
 * Whether the rows are still those that were prepared. The trainer ran as the same user and could
 * write to each of them, so nothing is read of a file before this.
 */
export async function checkRows(job: {
  readonly dataFolder: string;
  readonly digestsFile: string;
}): Promise<void> {
  const { files } = await readDigests(job.digestsFile);
  for (const split of SPLITS) {
    const name = `${split}/data.parquet`;
    const expected = files[name];
    if (expected === undefined) throw fault(`nobody wrote down what ${name} was when it was made`);
    const found = await digestRows(join(job.dataFolder, split, 'data.parquet'));
    if (found === expected) continue;
    const what =
      found === null ? 'is no plain file any more' : `is ${found} instead of ${expected}`;
    throw refuse(
      `the ${split} rows are not those that were prepared: input/data/${name} ${what}; a trainer must leave its input as it is`,
    );
  }
}

async function readDigests(path: string): Promise<PreparedRows> {
  const handle = await openPlain(path);
  if (handle === null) throw fault('there are no digests of the rows to measure on');
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > MAX_DIGESTS_BYTES) throw toMalformed();
    return preparedRows.parse(JSON.parse(await handle.readFile('utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) throw toMalformed();
    throw error;
  } finally {
    await handle.close();
  }
}

const toMalformed = () => fault('the digests of the rows to measure on are malformed');

/** Null for what is no plain file. */
async function digestRows(path: string): Promise<string | null> {
  const handle = await openPlain(path);
  if (handle === null) return null;
  try {
    if (!(await handle.stat()).isFile()) return null;
    const hash = createHash('sha256');
    for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk);
    return `sha256:${hash.digest('hex')}`;
  } finally {
    await handle.close();
  }
}

async function openPlain(path: string) {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO', 'EACCES')) return null;
    throw error;
  }
}
