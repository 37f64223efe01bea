import { encodeBase64 } from '../contracts/base64.ts';
import type { Instant } from '../contracts/instant.ts';
import { parsePublicKeyLine } from './ssh-public-key.ts';

/** One line of an allowed-signers file: who may sign with which key, for what, and when. */
export type AllowedSigner = {
  readonly principals: readonly string[];
  /** The key's blob in base64: what a signature's key is compared with. */
  readonly key: string;
  /** Patterns of the namespaces that the key may sign in; null for all. */
  readonly namespaces: readonly string[] | null;
  readonly validAfter: Instant | null;
  readonly validBefore: Instant | null;
};

export type AllowedSigners = {
  readonly signers: readonly AllowedSigner[];
  /** Lines that give nobody a right, because they are not understood. */
  readonly problems: readonly { readonly line: number; readonly why: string }[];
};

const MAX_LINES = 10_000;
const MAX_LINE_CHARACTERS = 16 * 1024;

/** A line that is not understood never widens what is allowed: it is left out and reported. */
export function parseAllowedSigners(text: string): AllowedSigners {
  const signers: AllowedSigner[] = [];
  const problems: { line: number; why: string }[] = [];
  const lines = text.split('\n');
  if (lines.length > MAX_LINES) return { signers, problems: [{ line: 1, why: 'too many lines' }] };
  lines.forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    try {
      signers.push(parseLine(line));
    } catch (error) {
      problems.push({ line: index + 1, why: (error as Error).message });
    }
  });
  return { signers, problems };
}

/** A word that may hold quoted parts, in which white space is no end. */
const WORD = /^((?:[^\s"]|"[^"]*")+)\s+(\S.*)$/;

function parseLine(line: string): AllowedSigner {
  if (line.length > MAX_LINE_CHARACTERS) throw new Error('the line is too long');
  const [principalText, rest] = splitWord(line);
  const principals = principalText.replaceAll('"', '').split(',');
  if (principals.some((principal) => principal === '')) throw new Error('a principal is empty');
  const blobWithoutOptions = parsePublicKeyLine(rest);
  if (blobWithoutOptions !== null) {
    const key = encodeBase64(blobWithoutOptions);
    return { principals, key, namespaces: null, validAfter: null, validBefore: null };
  }
  const [optionText, keyText] = splitWord(rest);
  const blob = parsePublicKeyLine(keyText);
  if (blob === null) throw new Error('the key is malformed or of a kind that is not accepted');
  return { principals, key: encodeBase64(blob), ...parseOptions(optionText) };
}

function splitWord(text: string): readonly [string, string] {
  const match = WORD.exec(text);
  if (match === null) throw new Error('the line has too few words');
  return [match[1] as string, match[2] as string];
}

const OPTION = /^([a-z-]+)(?:="([^"]*)")?(?:,|$)/i;

function parseOptions(
  text: string,
): Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore'> {
  const found = new Map<string, string>();
  for (let rest = text; rest !== ''; ) {
    const match = OPTION.exec(rest);
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined) throw new Error('an option is malformed');
    if (found.has(name)) throw new Error(`option ${name} stands twice`);
    found.set(name, match[2] ?? '');
    rest = rest.slice(match[0].length);
  }
  for (const name of found.keys()) {
    if (!['namespaces', 'valid-after', 'valid-before'].includes(name)) {
      // Among them cert-authority: its key vouches for certificates and signs nothing itself.
      throw new Error(`option ${name} is not supported`);
    }
  }
  return {
    namespaces: found.get('namespaces')?.split(',') ?? null,
    validAfter: parseTime(found.get('valid-after')),
    validBefore: parseTime(found.get('valid-before')),
  };
}

const TIME = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?Z$/i;

function parseTime(text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const match = TIME.exec(text);
  if (match === null) throw new Error('times are YYYYMMDD[HHMM[SS]]Z, with the Z: in UTC');
  const [year, month, day, hour = '00', minute = '00', second = '00'] = match.slice(1);
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(instant)) throw new Error('a time is no time of the calendar');
  return instant;
}

/** Patterns with `*` and `?`; one that starts with `!` and matches overrules all others. */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  const isNegated = (pattern: string) => pattern.startsWith('!');
  if (patterns.some((pattern) => isNegated(pattern) && matches(text, pattern.slice(1))))
    return false;
  return patterns.some((pattern) => !isNegated(pattern) && matches(text, pattern));
}

/** With one place to return to, so that a hostile pattern costs no more than length times length. */
function matches(text: string, pattern: string): boolean {
  let [at, inPattern, starAt, starText] = [0, 0, -1, 0];
  while (at < text.length) {
    const expected = pattern[inPattern];
    if (expected === '*') {
      starAt = inPattern;
      starText = at;
      inPattern += 1;
    } else if (expected === '?' || expected === text[at]) {
      at += 1;
      inPattern += 1;
    } else if (starAt >= 0) {
      starText += 1;
      at = starText;
      inPattern = starAt + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
}
