import type { Instant } from '../contracts/instant.ts';

/** What can be seen of a program from outside. */
export type SignsOfLife = {
  readonly progressBytes: number;
  /** Changes when anything below `checkpoints` does. */
  readonly checkpointMark: number;
  /** Of all its processes together; null where it cannot be told. */
  readonly cpuMs: number | null;
};

export type StallWatch = { readonly since: Instant; readonly signs: SignsOfLife };

/** Timers and garbage collection of a program that waits for nothing use less than this. */
const IDLE_SHARE = 0.01;

/**
 * The watch after another look. It starts anew at each sign of life; a program whose use of the
 * processor cannot be told is never taken for stalled, since it may only be silent.
 */
export function watchStall(
  watch: StallWatch | null,
  look: { readonly now: Instant; readonly signs: SignsOfLife; readonly stallAfterMs: number },
): { readonly watch: StallWatch; readonly isStalled: boolean } {
  const { now, signs, stallAfterMs } = look;
  if (watch === null || isAlive(watch.signs, signs, stallAfterMs)) {
    return { watch: { since: now, signs }, isStalled: false };
  }
  return { watch, isStalled: now - watch.since >= stallAfterMs };
}

function isAlive(before: SignsOfLife, after: SignsOfLife, stallAfterMs: number): boolean {
  if (before.cpuMs === null || after.cpuMs === null) return true;
  return (
    before.progressBytes !== after.progressBytes ||
    before.checkpointMark !== after.checkpointMark ||
    Math.abs(after.cpuMs - before.cpuMs) > IDLE_SHARE * stallAfterMs
  );
}
