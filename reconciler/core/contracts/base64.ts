const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function encodeBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at, at + 3);
    const group = (first << 16) | (second << 8) | third;
    for (let shift = 18; shift >= 0; shift -= 6) text += ALPHABET[(group >>> shift) & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return text.slice(0, text.length - missing) + '='.repeat(missing);
}

/**
 * Null unless the text is exactly what encoding its bytes would give: one text for one value, so
 * that a signature cannot be altered without becoming another signature.
 */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const digits = text.replace(/=+$/, '');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let group = 0;
  for (let at = 0; at < digits.length; at += 1) {
    group = ((group << 6) | ALPHABET.indexOf(digits[at] as string)) & 0xffff;
    // Of four digits the second completes the first byte and leaves four bits, and so on.
    const place = at % 4;
    if (place > 0) bytes[Math.floor((at * 3) / 4)] = (group >>> (6 - 2 * place)) & 0xff;
  }
  return encodeBase64(bytes) === text ? bytes : null;
}
