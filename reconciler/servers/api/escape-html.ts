const MAX_LENGTH = 1_000;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

/** Controls, and marks that reorder or hide what a person reads: names come from strangers. */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]/;

/** Text for an element or a quoted attribute; what is very long is cut, with a mark. */
export function escapeHtml(text: string): string {
  const characters = [...text.slice(0, MAX_LENGTH)];
  const escaped = characters.map((character) => ENTITIES.get(character) ?? toVisible(character));
  return escaped.join('') + (text.length > MAX_LENGTH ? '…' : '');
}

function toVisible(character: string): string {
  if (character.length > 1 || !UNPRINTABLE.test(character)) return character;
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
