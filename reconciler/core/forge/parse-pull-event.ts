import { toCanonicalJson } from '../contracts/canonical-json.ts';
import { isOid, isRefName } from '../contracts/git.ts';
import { parseRfc3339 } from '../contracts/instant.ts';
import type { Json } from '../contracts/json.ts';
import {
  CHECK_STATES,
  MERGE_METHODS,
  PULL_LIMITS,
  type PullAct,
  type PullEvent,
  VERDICTS,
} from './pull-event.ts';

export type ParsedPullEvent =
  | { readonly state: 'valid'; readonly event: PullEvent }
  /** Where it is wrong and how; never a value. */
  | { readonly state: 'invalid'; readonly why: string };

type Fields = Readonly<Record<string, unknown>>;
type Rule = { readonly says: string; readonly fits: (value: unknown) => boolean };

/** Judges the text of an event that anybody may have written. */
export function parsePullEvent(text: string): ParsedPullEvent {
  const why = findFault(text);
  if (why !== null) return { state: 'invalid', why };
  return { state: 'valid', event: JSON.parse(text) as PullEvent };
}

function findFault(text: string): string | null {
  if (text.length > PULL_LIMITS.maxEventBytes) return 'it is too long';
  const fields = parseCanonical(text);
  if (fields === null) return 'it is no JSON object in its canonical form';
  const { v, type } = fields;
  if (typeof v === 'number' && v > 1) {
    return `it is of version ${v}, and this Plumbline reads version 1: use a newer one`;
  }
  const rules = Object.hasOwn(ACTS, String(type)) ? ACTS[type as PullAct['type']] : undefined;
  if (typeof type !== 'string' || rules === undefined) return 'it is of an unknown type';
  const all: Readonly<Record<string, Rule>> = { ...PLACE, ...rules, type: TEXT };
  for (const [name, rule] of Object.entries(all)) {
    if (!Object.hasOwn(fields, name)) return `${type} has no ${name}`;
    if (!rule.fits(fields[name])) return `${name} of ${type} is not ${rule.says}`;
  }
  const extra = Object.keys(fields).find((name) => !Object.hasOwn(all, name));
  if (extra !== undefined) return `${type} has an unknown field`;
  return findContradiction(fields);
}

function findContradiction({ type, verdict, signature }: Fields): string | null {
  if (type !== 'review') return null;
  if (verdict === 'approve' && signature === null) return 'an approval has no signature';
  return verdict !== 'approve' && signature !== null ? 'a signature is for approvals only' : null;
}

/** Two readers of a key that stands twice may see two events; of the canonical form they cannot. */
function parseCanonical(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return toCanonicalJson(value as Json) === text ? (value as Fields) : null;
  } catch {
    return null;
  }
}

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 1;
const isText = (value: unknown, max: number): value is string =>
  typeof value === 'string' && value.length <= max;

/** No line ends and no other control characters: it is printed beside other lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is checked
const LINE = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;
const isLine = (value: unknown, max: number): boolean => isText(value, max) && LINE.test(value);

const { maxBodyCharacters, maxNameCharacters, maxTitleCharacters } = PULL_LIMITS;

const TEXT: Rule = { says: 'a text', fits: (value) => typeof value === 'string' };
const COUNT: Rule = { says: 'a whole number above 0', fits: isCount };
const OID: Rule = { says: 'a commit', fits: (value) => typeof value === 'string' && isOid(value) };
const BODY: Rule = {
  says: `a text of at most ${maxBodyCharacters} characters`,
  fits: (value) => isText(value, maxBodyCharacters),
};
const NAME: Rule = {
  says: `one line of at most ${maxNameCharacters} characters`,
  fits: (value) => isLine(value, maxNameCharacters),
};
const TITLE: Rule = {
  says: `one line of at most ${maxTitleCharacters} characters`,
  fits: (value) => isLine(value, maxTitleCharacters),
};

const BRANCH: Rule = {
  says: 'the name of a branch',
  fits: (value) => isText(value, maxNameCharacters) && isRefName(`refs/heads/${value}`),
};

function oneOf(words: readonly string[]): Rule {
  return {
    says: `one of ${words.join(', ')}`,
    fits: (value) => words.some((word) => word === value),
  };
}

function orNull(rule: Rule): Rule {
  return { says: `${rule.says}, or null`, fits: (value) => value === null || rule.fits(value) };
}

const PLACE: Readonly<Record<'v' | 'pull' | 'seq' | 'at' | 'by', Rule>> = {
  v: { says: '1', fits: (value) => value === 1 },
  pull: COUNT,
  seq: COUNT,
  at: {
    says: 'a time',
    fits: (value) => typeof value === 'string' && parseRfc3339(value) !== null,
  },
  by: NAME,
};

type RulesOf<Act> = { readonly [Field in Exclude<keyof Act, 'type'>]: Rule };
type ActRules = { readonly [Act in PullAct as Act['type']]: RulesOf<Act> };

const ACTS: ActRules = {
  open: { title: TITLE, body: BODY, branch: BRANCH, head: OID },
  push: { head: OID },
  check: { head: OID, name: NAME, state: oneOf(CHECK_STATES), summary: BODY },
  comment: { key: orNull(NAME), body: BODY },
  review: {
    head: OID,
    verdict: oneOf(VERDICTS),
    body: BODY,
    isSelf: { says: 'true or false', fits: (value) => typeof value === 'boolean' },
    signature: orNull(BODY),
  },
  merge: { head: OID, method: oneOf(MERGE_METHODS), commit: OID },
  close: { reason: BODY },
};
