/**
 * Microseconds since 1970-01-01T00:00:00Z, as rows of data are dated. A number holds every one of
 * them exactly until the year 2255.
 */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MS = 1000;

const RFC3339 = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** Null when the text is no UTC time. What is finer than a microsecond is cut off. */
export function parseMicros(text: string): Micros | null {
  const [, whole, fraction = ''] = RFC3339.exec(text) ?? [];
  if (whole === undefined) return null;
  const instantMs = Date.parse(`${whole}Z`);
  if (Number.isNaN(instantMs)) return null;
  return instantMs * MICROS_PER_MS + Number(fraction.padEnd(6, '0').slice(0, 6));
}

/** Always with six digits, so that the texts of two moments sort as the moments do. */
export function toMicrosText(micros: Micros): string {
  const fraction = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const whole = new Date((micros - fraction) / MICROS_PER_MS).toISOString();
  return `${whole.slice(0, -'.000Z'.length)}.${String(fraction).padStart(6, '0')}Z`;
}

/**
 * The moment that a snapshot's online values are as of: just after its newest row could be known,
 * so that this row is inside the half-open windows. A snapshot without rows reaches nowhere.
 */
export function toOnlineAsOf(watermark: { readonly availableTime: string | null }): string {
  if (watermark.availableTime === null) return toMicrosText(0);
  const newest = parseMicros(watermark.availableTime);
  if (newest === null) throw new TypeError('a watermark must be an RFC 3339 time in UTC');
  return toMicrosText(newest + 1);
}
