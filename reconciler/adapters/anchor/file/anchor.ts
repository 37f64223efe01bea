import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareCheckpoints } from '../../../core/audit/checkpoint-order.ts';
import { CodedError } from '../../../core/contracts/coded-error.ts';
import { hasErrorCode } from '../../../core/contracts/has-error-code.ts';
import { syncFolder } from '../../../machine/durable-file.ts';
import type { Anchor, Checkpoint } from '../../../ports/anchor.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint-line.ts';

/** A checkpoint each 256 records: enough for a hundred million of them. */
const MAX_FILE_BYTES = 128 * 1024 * 1024;

/**
 * Checkpoints as JSON lines in one file, which belongs outside the repository. A crash can leave
 * half a line at its end: that line was never acknowledged, so readers leave it out and the next
 * append cuts it off. Anything else that is no checkpoint is damage, and refused.
 */
export function createFileAnchor(options: { readonly path: string }): Anchor {
  const { path } = options;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work).catch((error: unknown) => {
      throw toAnchorFailure(path, error);
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    append: (checkpoint) => inTurn(() => append(path, checkpoint)),
    list: (zone) =>
      inTurn(async () => {
        const { checkpoints } = parseFile(path, await readWhole(path));
        return checkpoints.filter((checkpoint) => checkpoint.zone === zone);
      }),
  };
}

async function append(path: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT, 0o644);
  try {
    const bytes = await readHandle(path, file);
    const { checkpoints, wholeBytes } = parseFile(path, bytes);
    const ofZone = checkpoints.filter(({ zone }) => zone === checkpoint.zone);
    const order = compareCheckpoints(ofZone.at(-1), checkpoint);
    if (typeof order === 'object') throw new CodedError('P410', order.refused);
    if (order === 'newer') {
      if (wholeBytes < bytes.length) await file.truncate(wholeBytes);
      await file.appendFile(formatCheckpoint(checkpoint));
    }
    // Also when it was there already: an append that failed may have left it unsynced.
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(dirname(path));
}

async function readWhole(path: string): Promise<Buffer> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
  try {
    return await readHandle(path, file);
  } finally {
    await file.close();
  }
}

async function readHandle(path: string, file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  if (size > MAX_FILE_BYTES) throw new CodedError('P410', `${path} is too large for an anchor`);
  return file.readFile();
}

function parseFile(path: string, bytes: Buffer) {
  const wholeBytes = bytes.lastIndexOf('\n') + 1;
  const lines = bytes.toString('utf8', 0, wholeBytes).split('\n').slice(0, -1);
  const checkpoints = lines.map((line, index) => {
    const checkpoint = parseCheckpoint(line);
    if (checkpoint !== null) return checkpoint;
    throw new CodedError('P410', `${path}:${index + 1} is no checkpoint; the file is damaged`);
  });
  return { checkpoints, wholeBytes };
}

function toAnchorFailure(path: string, error: unknown): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  return new CodedError('P410', `${path} cannot be used: ${error.message}`, {
    remedy: 'retry',
    cause: error,
  });
}
