/** Bytes as text of one character per byte: the cheap way to search them. */
export function toByteText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    // `apply` takes the bytes as they are; spreading them walks an iterator, ten times as long.
    const chunk = bytes.subarray(at, at + CHUNK_BYTES) as unknown as number[];
    text += Reflect.apply(String.fromCharCode, null, chunk);
  }
  return text;
}

/** Below the number of arguments that a call may have in any engine. */
const CHUNK_BYTES = 8192;

/** Strict UTF-8: null for overlong forms, surrogates and whatever else is not text. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  const text = toByteText(bytes);
  if (!HIGH_BYTE.test(text)) return text;
  try {
    return decodeURIComponent(text.replace(ESCAPED, toPercent));
  } catch {
    return null;
  }
}

const HIGH_BYTE = /[\u0080-\u00ff]/;
const ESCAPED = /[%\u0080-\u00ff]/g;

function toPercent(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}
