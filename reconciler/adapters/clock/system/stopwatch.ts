/**
 * Milliseconds with fractions since some moment, for durations alone: a prediction takes a tenth of
 * what the clock tells apart. It never goes back, and knows nothing of the time of day.
 */
export function createSystemStopwatch(): () => number {
  return () => performance.now();
}
