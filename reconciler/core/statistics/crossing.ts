const PER_UNIT = 1e9;

/**
 * To nine decimals: coarse enough that the last digits of a logarithm, which differ between
 * languages and machines, decide nothing.
 */
export function roundForVerdict(value: number): number {
  const scaled = value * PER_UNIT;
  // Beyond 2^53 a double has no decimals left to round. Adding zero takes the sign from -0.
  return Math.abs(scaled) < Number.MAX_SAFE_INTEGER ? Math.round(scaled) / PER_UNIT + 0 : value;
}

/** Whether a value has come to its threshold; equality crosses. */
export function crosses(value: number, threshold: number): boolean {
  return roundForVerdict(value) >= roundForVerdict(threshold);
}
