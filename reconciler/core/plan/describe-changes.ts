import { toCanonicalJson } from '../contracts/canonical-json.ts';
import { compareText } from '../contracts/compare-text.ts';
import { isJsonObject, type Json, type JsonObject } from '../contracts/json.ts';
import { toPrintable } from '../spec/printable.ts';

/** It is read in one line of a plan and of the ledger. */
const MAX_CHANGES = 6;
const MAX_PATH_LENGTH = 96;
const MAX_VALUE_LENGTH = 40;

/** The other one stands for what is not there: no JSON value is undefined. */
type Value = Json | undefined;

/**
 * What changes between two specs, field by field: `training.seed 7 → 8, gates changes`. A list is
 * only named, since what moved inside of it seldom fits a line. Empty when nothing changes.
 */
export function describeChanges(before: JsonObject, after: JsonObject): string {
  const changes = listChanges('', before, after);
  const shown = changes.slice(0, MAX_CHANGES).join(', ');
  const more = changes.length - MAX_CHANGES;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function listChanges(path: string, before: JsonObject, after: JsonObject): readonly string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(compareText);
  return names.flatMap((name) => {
    const [was, will] = [read(before, name), read(after, name)];
    return toText(was) === toText(will) ? [] : describeField(`${path}${name}`, was, will);
  });
}

function read(value: JsonObject, name: string): Value {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function describeField(path: string, before: Value, after: Value): readonly string[] {
  const maps = [before ?? {}, after ?? {}].filter(isJsonObject);
  const [was, will] = maps;
  if (was !== undefined && will !== undefined && (isJsonObject(before) || isJsonObject(after))) {
    const inside = listChanges(`${path}.`, was, will);
    if (inside.length > 0) return inside;
  }
  const name = toPrintable(path, MAX_PATH_LENGTH);
  if (!isScalar(before) || !isScalar(after)) return [`${name} changes`];
  return [`${name} ${toShown(before)} → ${toShown(after)}`];
}

function isScalar(value: Value): value is null | boolean | number | string | undefined {
  return typeof value !== 'object' || value === null;
}

function toShown(value: null | boolean | number | string | undefined): string {
  if (value === undefined) return 'nothing';
  return value === '' ? '""' : toPrintable(String(value), MAX_VALUE_LENGTH);
}

function toText(value: Value): string {
  return value === undefined ? '' : toCanonicalJson(value);
}
