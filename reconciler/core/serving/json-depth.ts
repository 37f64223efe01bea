const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING_BRACKET = 0x5b;

/** As Triton has it. */
export const MAX_JSON_DEPTH = 100;

/**
 * Lists, objects and texts together. The largest batch has a list for each of its 4,096 rows, and
 * the widest request a text for each of 1,024 features.
 */
export const MAX_JSON_PARTS = 65_536;

/**
 * Whether JSON text nests deeper than allowed, seen before anything is built from it: sixteen
 * megabytes of brackets would become gigabytes of arrays.
 */
export function isTooDeep(bytes: Uint8Array, maxDepth = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if ((byte & 0xdf) === OPENING_BRACKET) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if ((byte & 0xdf) === 0x5d) depth -= 1;
  }
  return false;
}

/**
 * Whether JSON text is of more parts than allowed: numbers become no more than they were, but three
 * bytes of an empty object become sixty-four, and building them holds up whoever else asks.
 */
export function hasTooManyParts(bytes: Uint8Array, maxParts = MAX_JSON_PARTS): boolean {
  // Each part has two bytes of its own.
  if (bytes.length <= 2 * maxParts) return false;
  let parts = 0;
  let isText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (isText) {
      if (byte === BACKSLASH) at += 1;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE || (byte & 0xdf) === OPENING_BRACKET) {
      isText = byte === QUOTE;
      parts += 1;
      if (parts > maxParts) return true;
    }
  }
  return false;
}
