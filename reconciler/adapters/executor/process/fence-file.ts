import { type Fence, isHigherFence } from '../../../core/contracts/fence.ts';
import { parseJson } from './records.ts';
import type { Disk } from './target-state.ts';

const MAX_FENCE_BYTES = 4096;

/**
 * Takes a fence as seen: keeps the highest epoch, durably, and throws P403 below it. Only while
 * the lock is held is reading and then writing it, or acting on it, one step.
 */
export async function passFence(disk: Disk, fence: Fence): Promise<void> {
  const seen = await readFence(disk);
  if (!isHigherFence(seen, fence)) return;
  const text = `${JSON.stringify({ v: 1, epoch: fence.epoch, holder: fence.holder })}\n`;
  await disk.files.writeWhole(disk.layout.fence, text, 'durable');
}

/** A fence that cannot be read lets nobody pass. */
async function readFence(disk: Disk): Promise<Fence | null> {
  const text = await disk.files.readText(disk.layout.fence, MAX_FENCE_BYTES);
  if (text === null) return null;
  const fence = parseJson(text, disk.layout.fence) as Partial<Fence> | null;
  const { epoch, holder } = fence ?? {};
  if (typeof epoch !== 'number' || typeof holder !== 'string') {
    throw new Error(`${disk.layout.fence} is malformed`);
  }
  return { epoch, holder };
}
