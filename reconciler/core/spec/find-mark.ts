/** What every document of ours contains, so that other files need no parsing at all. */
const MARK = 'plumbline.dev';

/** Looks past NUL bytes, so that a file in UTF-16 is found and refused instead of overlooked. */
export function mentionsOurApi(bytes: Uint8Array): boolean {
  const first = MARK.charCodeAt(0);
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (isMarkAt(bytes, at)) return true;
  }
  return false;
}

function isMarkAt(bytes: Uint8Array, at: number): boolean {
  let matched = 0;
  for (let next = at; matched < MARK.length && next < bytes.length; next += 1) {
    if (bytes[next] === 0) continue;
    if (bytes[next] !== MARK.charCodeAt(matched)) return false;
    matched += 1;
  }
  return matched === MARK.length;
}

export function mentionsOurApiInText(text: string, start: number, end: number): boolean {
  const at = text.indexOf(MARK, start);
  return at >= 0 && at < end;
}
