const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** As Triton has it. */
export const MAX_JSON_DEPTH = 100;

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
    else if ((byte & 0xdf) === 0x5b) {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if ((byte & 0xdf) === 0x5d) depth -= 1;
  }
  return false;
}
