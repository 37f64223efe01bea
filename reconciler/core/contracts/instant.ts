/** Milliseconds since 1970-01-01T00:00:00Z. Core receives it, and never asks for it. */
export type Instant = number;

export function toRfc3339(instant: Instant): string {
  return new Date(instant).toISOString();
}

export function parseRfc3339(text: string): Instant | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text)) return null;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? null : instant;
}
