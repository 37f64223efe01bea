import { type Instant, toRfc3339 } from '../contracts/instant.ts';

/** A line longer than this is cut: collectors split or drop longer ones. */
const MAX_LOG_LINE_BYTES = 16 * 1024;

const MAX_NAME_BYTES = 128;
const MAX_MESSAGE_BYTES = 8 * 1024;
const MAX_VALUE_BYTES = 2 * 1024;
const MAX_FIELDS = 64;
/** What quotes, braces and the mark of truncation may add at the end of a line. */
const RESERVED_BYTES = 64;

export type LogLineInput = {
  readonly at: Instant;
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, string | number | boolean>>;
};

export type LogFormat = 'json' | 'text';

/**
 * One entry as one line without its line end. Text from outside may hold escape sequences that
 * forge lines or move a terminal's cursor, and may hold secrets: both are taken out here, secrets
 * first, since escaping and cutting would hide them from the comparison.
 */
export function toLogLine(
  input: LogLineInput,
  options: { readonly format: LogFormat; readonly secrets: readonly string[] },
): string {
  const redact = createRedactor(options.secrets);
  const clean = (text: string, maxBytes: number) => escapeWithin(redact(String(text)), maxBytes);
  const head = {
    at: toRfc3339(input.at),
    level: clean(input.level, MAX_NAME_BYTES),
    event: clean(input.event, MAX_NAME_BYTES),
    message: clean(input.message, MAX_MESSAGE_BYTES),
  };
  const fields = Object.entries(input.fields ?? {}).map(([name, value]) => ({
    name: clean(name, MAX_NAME_BYTES),
    text: clean(String(value), MAX_VALUE_BYTES),
    isBare: typeof value !== 'string' && redact(String(value)) === String(value),
  }));
  return options.format === 'json' ? toJsonLine(head, fields) : toTextLine(head, fields);
}

type Head = {
  readonly at: string;
  readonly level: string;
  readonly event: string;
  readonly message: string;
};
type Field = { readonly name: string; readonly text: string; readonly isBare: boolean };

function toJsonLine(head: Head, fields: readonly Field[]): string {
  const members = Object.entries(head).map(([name, text]) => `"${name}":"${text}"`);
  const pieces = fields.map(
    ({ name, text, isBare }) => `"${name}":${isBare && isJsonScalar(text) ? text : `"${text}"`}`,
  );
  const start = `{${members.join(',')}`;
  const { kept, isCut } = keepWithin(pieces, MAX_LOG_LINE_BYTES - RESERVED_BYTES - sizeOf(start));
  const middle = fields.length === 0 ? '' : `,"fields":{${kept.join(',')}}`;
  return `${start}${middle}${isCut ? ',"truncated":true' : ''}}`;
}

function toTextLine(head: Head, fields: readonly Field[]): string {
  const start = `${head.at} ${head.level.padEnd(5)} ${head.event}: ${head.message}`;
  const pieces = fields.map(({ name, text, isBare }) => `${name}=${isBare ? text : `"${text}"`}`);
  const { kept, isCut } = keepWithin(pieces, MAX_LOG_LINE_BYTES - RESERVED_BYTES - sizeOf(start));
  return [start, ...kept, ...(isCut ? ['(truncated)'] : [])].join(' ');
}

function keepWithin(pieces: readonly string[], maxBytes: number) {
  const kept: string[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    bytes += sizeOf(piece) + 1;
    if (bytes > maxBytes || kept.length >= MAX_FIELDS) return { kept, isCut: true };
    kept.push(piece);
  }
  return { kept, isCut: false };
}

/** NaN and infinities are numbers to us and nothing to JSON. */
function isJsonScalar(text: string): boolean {
  return text === 'true' || text === 'false' || Number.isFinite(Number(text));
}

/** A secret is also looked for in the spellings that it takes inside a JSON text or a URL. */
function createRedactor(secrets: readonly string[]): (text: string) => string {
  const spellings = new Set(secrets.flatMap(toSpellings).filter((spelling) => spelling !== ''));
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((rest, spelling) => rest.split(spelling).join('[secret]'), text);
}

function toSpellings(secret: string): readonly string[] {
  const wellFormed = secret.replace(LONE_SURROGATE, '\ufffd');
  return [
    secret,
    secret.trim(),
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
  ];
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Controls, line and paragraph separators, and marks that reorder or hide what a person reads. */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/;

/** The text with what a line must not hold escaped as JSON does, cut to `maxBytes` with a mark. */
function escapeWithin(text: string, maxBytes: number): string {
  let escaped = '';
  let bytes = 0;
  for (const character of text) {
    const piece = escapeCharacter(character);
    bytes += sizeOf(piece);
    if (bytes > maxBytes) return `${escaped}…`;
    escaped += piece;
  }
  return escaped;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function escapeCharacter(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const isSingleUnit = character.length === 1;
  if (!isSingleUnit || !UNPRINTABLE.test(character)) return character;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Bytes in UTF-8. */
function sizeOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
