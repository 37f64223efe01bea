const SECONDS_BY_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** `30d` to seconds; null for a text that is no duration. The schema's pattern says the same. */
export function parseDurationSeconds(text: string): number | null {
  const [, count, unit] = /^([1-9][0-9]{0,8})(s|m|h|d)$/.exec(text) ?? [];
  const seconds = SECONDS_BY_UNIT[unit ?? ''];
  return seconds === undefined ? null : Number(count) * seconds;
}

/** Of a resource that is valid, and so has durations that are. */
export function toDurationSeconds(text: string): number {
  const seconds = parseDurationSeconds(text);
  if (seconds === null) throw new Error(`${text} is no duration`);
  return seconds;
}
