import { isCodedError } from '../core/contracts/coded-error.ts';
import type { Fence } from '../core/contracts/fence.ts';
import type { KindHandler } from '../ports/kind-handler.ts';
import { describeError } from './describe-error.ts';
import { jitter } from './retry.ts';
import type { ZoneDeps } from './zone-deps.ts';

/**
 * One loop for each kind that has something going on by itself, so that one that is slow holds up
 * no other. A failure is said once and tried again; only a newer leader ends the term.
 */
export function createTendingLoops(
  deps: ZoneDeps,
  fence: Fence,
): readonly ((signal: AbortSignal) => Promise<void>)[] {
  return [...deps.kinds.values()].flatMap((handler) =>
    handler.tend === undefined
      ? []
      : [(signal: AbortSignal) => tendOften(deps, fence, handler, signal)],
  );
}

async function tendOften(
  deps: ZoneDeps,
  fence: Fence,
  handler: KindHandler,
  signal: AbortSignal,
): Promise<void> {
  let trouble: string | null = null;
  while (!signal.aborted) {
    const now = await tendOnce(fence, handler);
    if (now !== null && now !== trouble) {
      const fields = { zone: deps.zone, kind: handler.kind };
      deps.log.write({ level: 'warn', event: 'tending-failed', message: now, fields });
    }
    trouble = now;
    await deps.clock.sleep(jitter(deps.settings.tendMs, deps.randomness), signal);
  }
}

/** What is wrong, or null. */
async function tendOnce(fence: Fence, handler: KindHandler): Promise<string | null> {
  try {
    await handler.tend?.(fence);
    return null;
  } catch (error) {
    if (isCodedError(error, 'P403')) throw error;
    return describeError(error);
  }
}
