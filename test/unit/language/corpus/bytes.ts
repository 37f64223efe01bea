import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toTarget } from '../small-repo.ts';
import type { CorpusCase } from './case.ts';

const TARGET = toTarget('new', 'ae');

function concat(...parts: readonly (string | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => [...(typeof part === 'string' ? utf8ToBytes(part) : part)]),
  );
}

function toUtf16(text: string, isBigEndian: boolean): Uint8Array {
  const units = [0xfeff, ...[...text].map((character) => character.charCodeAt(0))];
  return Uint8Array.from(
    units.flatMap((unit) => (isBigEndian ? [unit >> 8, unit & 0xff] : [unit & 0xff, unit >> 8])),
  );
}

function broken(name: string, content: string | Uint8Array, place: string): CorpusCase {
  return {
    name,
    files: { 'new.yaml': content },
    places: [`new.yaml:${place}`],
    uncertain: ['new.yaml'],
  };
}

/** What is wrong before any YAML is read. */
export const BYTE_CASES: readonly CorpusCase[] = [
  broken('a lone continuation byte', concat(TARGET, 'x: "', [0x80], '"\n'), '6:1 P101'),
  broken('an overlong slash', concat([0xc0, 0xaf], '\n', TARGET), '1:1 P101'),
  broken('a surrogate in UTF-8', concat('\n\n# ', [0xed, 0xa0, 0x80], '\n', TARGET), '3:1 P101'),
  broken('a code point beyond Unicode', concat('# ', [0xf4, 0x90, 0x80, 0x80], TARGET), '1:1 P101'),
  broken('a sequence cut off at the end', concat(TARGET, '# ', [0xe2, 0x82]), '6:1 P101'),
  broken('Latin-1 text', concat('# caf', [0xe9], '\n', TARGET), '1:1 P101'),
  broken('a UTF-8 byte order mark', concat([0xef, 0xbb, 0xbf], TARGET), '1:1 P101'),
  broken('UTF-16, little end first', toUtf16(TARGET, false), '1:1 P101'),
  broken('UTF-16, big end first', toUtf16(TARGET, true), '1:1 P101'),
  broken('a NUL in a comment', `# a\n# \0\n${TARGET}`, '2:3 P101'),
  broken('a NUL at the end', `${TARGET}\0`, '6:1 P101'),
  broken('one byte too many', `${TARGET}#${'x'.repeat(256 * 1024)}\n`, '1:1 P104'),
  {
    name: 'a large file that is none of ours',
    files: { 'crd.yaml': `a: ${'x'.repeat(1024 * 1024)}\n` },
    places: [],
  },
  {
    name: 'a file of ours as large as allowed',
    files: { 'new.yaml': `${TARGET}#${'x'.repeat(256 * 1024 - TARGET.length - 1)}` },
    places: [],
  },
  {
    name: 'line ends of Windows',
    files: { 'new.yaml': toTarget('new', 'ea').replaceAll('\n', '\r\n') },
    places: ['new.yaml:5:14 P202'],
    heldBack: ['Target/new'],
  },
];
