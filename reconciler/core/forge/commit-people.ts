import { decodeUtf8, toByteText } from '../contracts/utf8.ts';

/**
 * The addresses of a commit's author and committer, as its headers claim. A claim that somebody
 * had a part can only take an approval away, so it is believed without proof.
 */
export function listCommitPeople(signedPayload: Uint8Array): readonly string[] {
  const text = decodeUtf8(signedPayload) ?? toByteText(signedPayload);
  const end = text.indexOf('\n\n');
  const headers = end === -1 ? text : text.slice(0, end);
  const people = new Set<string>();
  for (const match of headers.matchAll(/^(?:author|committer) [^\n]*<([^<>\n]*)> \d+/gm)) {
    const address = match[1]?.trim().toLowerCase() ?? '';
    if (address !== '') people.add(address);
  }
  return [...people];
}
