import { join } from 'node:path';
import { type Fence, isHigherFence } from '../../../core/contracts/fence.ts';
import type { RunFiles } from './run-files.ts';

const MAX_FENCE_BYTES = 4096;

/**
 * Takes a fence as seen: keeps the highest epoch, durably, and throws P403 below it. Only while
 * the lock is held is reading and then writing it, or acting on it, one step.
 */
export async function passFence(files: RunFiles, root: string, fence: Fence): Promise<void> {
  const path = join(root, 'fence.json');
  const seen = await readFence(files, path);
  if (!isHigherFence(seen, fence)) return;
  const text = `${JSON.stringify({ v: 1, epoch: fence.epoch, holder: fence.holder })}\n`;
  await files.writeWhole(path, text, 'durable');
}

/** A fence that cannot be read lets nobody pass. */
async function readFence(files: RunFiles, path: string): Promise<Fence | null> {
  const text = await files.readText(path, MAX_FENCE_BYTES);
  if (text === null) return null;
  const { epoch, holder } = JSON.parse(text) as Partial<Fence>;
  if (typeof epoch !== 'number' || typeof holder !== 'string') {
    throw new Error(`${path} is malformed`);
  }
  return { epoch, holder };
}
