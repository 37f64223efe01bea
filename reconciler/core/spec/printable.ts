const MAX_LENGTH = 120;

/** What must never reach a terminal or a log as it is: controls, line ends, direction overrides. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Text from the repo, made safe for one line of output: escaped, and cut when it is long. */
export function toPrintable(text: string, maxLength = MAX_LENGTH): string {
  const short = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return short.replace(UNPRINTABLE, toEscape);
}

/** A value from the repo as a message shows it. */
export function toQuoted(value: unknown): string {
  if (typeof value === 'string') return `"${toPrintable(value)}"`;
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return toPrintable(String(value));
}

function toEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
