import { CodedError } from '../core/contracts/coded-error.ts';
import type { ErrorCode } from '../core/contracts/error-codes.ts';
import { findNearestName } from '../core/spec/nearest-name.ts';
import type { StatePaths } from './state-paths.ts';

/** What main declares of a kind, as NAMESPACE/NAME; nothing where there is no platform repo. */
export type ListNames = (paths: StatePaths, kind: string) => Promise<readonly string[]>;

/** Names that fit a line; whoever has more of them knows where to look. */
const MAX_NAMES = 5;

/** Says what is not there, and what was probably meant or what is there instead. */
export function toNotFound(
  code: ErrorCode,
  what: string,
  wanted: string,
  names: readonly string[],
): CodedError {
  const meant = findMeantName(wanted, names);
  const instead = meant === null ? describeNames(what, names) : `did you mean ${meant}?`;
  return new CodedError(code, `there is no ${what} ${wanted} here; ${instead}`);
}

/**
 * One half of the name is right, or was left out: a slip in both is another name. A name without
 * its namespace means the resource of that name.
 */
export function findMeantName(wanted: string, names: readonly string[]): string | null {
  const [left, right] = splitName(wanted);
  const isWanted = ([namespace]: readonly string[]) => left === '' || namespace === left;
  const halves = names.map(splitName);
  const sameNamespace = halves.filter(isWanted);
  const name = findNearestName(
    right,
    sameNamespace.map(([, half]) => half),
  );
  const sameName = halves.filter(([, half]) => half === (name ?? right));
  if (name !== null) return (sameName.find(isWanted) ?? []).join('/');
  const namespace = findNearestName(
    left,
    sameName.map(([half]) => half),
  );
  return namespace === null ? null : `${namespace}/${right}`;
}

function splitName(name: string): readonly [string, string] {
  const slash = name.indexOf('/');
  return [name.slice(0, Math.max(0, slash)), name.slice(slash + 1)];
}

function describeNames(what: string, names: readonly string[]): string {
  if (names.length === 0) return `main declares no ${what}`;
  const shown = [...names].sort().slice(0, MAX_NAMES).join(', ');
  return `known here: ${shown}${names.length > MAX_NAMES ? ' and others' : ''}`;
}
