import { CodedError } from './coded-error.ts';

/**
 * Who acts, and in which term of leadership. A lease alone does not stop a writer that slept
 * through its end, so every receiver keeps the highest epoch it has seen and refuses lower ones.
 */
export type Fence = { readonly holder: string; readonly epoch: number };

/** Throws P403 below what was seen. True when it is higher, and has to be kept from now on. */
export function isHigherFence(seen: Fence | null, { epoch }: Fence): boolean {
  if (seen !== null && epoch < seen.epoch) {
    throw new CodedError(
      'P403',
      `epoch ${epoch} is below ${seen.epoch}, which ${seen.holder} holds`,
      {
        details: { epoch, seenEpoch: seen.epoch },
      },
    );
  }
  return seen === null || epoch > seen.epoch;
}

/** The same where only the epoch is kept; 0 before the first. */
export function isHigherEpoch(highest: number, { epoch }: Fence): boolean {
  if (epoch < highest) {
    throw new CodedError('P403', `epoch ${epoch} is below ${highest}, the highest seen`, {
      details: { epoch, highest },
    });
  }
  return epoch > highest;
}
