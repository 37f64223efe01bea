import type { Json } from './json.ts';

/** Nothing the product stores nests deeper; a cycle would otherwise exhaust the stack. */
const MAX_DEPTH = 64;

/**
 * RFC 8785 text of a value: keys sorted by UTF-16 code unit, no white space, shortest numbers.
 * Digests and signatures are taken over this text, so what JSON cannot carry faithfully
 * (NaN, infinity, undefined, a lone surrogate) is refused instead of being silently altered.
 */
export function toCanonicalJson(value: Json): string {
  return write(value, 0);
}

function write(value: Json, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError(`canonical JSON: deeper than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value);
  if (typeof value === 'string') return writeString(value);
  if (Array.isArray(value))
    return `[${value.map((item: Json) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON: cannot hold ${typeof value}`);
  return writeObject(value as { readonly [key: string]: Json }, depth);
}

function writeObject(value: { readonly [key: string]: Json }, depth: number): string {
  const members = Object.keys(value)
    .sort()
    .map((key) => `${writeString(key)}:${write(value[key] as Json, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`canonical JSON: cannot hold ${value}`);
  return JSON.stringify(value);
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function writeString(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new TypeError('canonical JSON: lone surrogate in a string');
  return JSON.stringify(value);
}
