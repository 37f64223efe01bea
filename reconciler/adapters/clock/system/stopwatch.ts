import type { Stopwatch } from '../../../ports/clock.ts';

export function createSystemStopwatch(): Stopwatch {
  return () => performance.now();
}
