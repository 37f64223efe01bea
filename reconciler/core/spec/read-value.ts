import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from 'yaml';
import { joinPointer } from './json-pointer.ts';
import { LIMITS } from './limits.ts';
import type { YamlProblem } from './parse-yaml.ts';
import { toQuoted } from './printable.ts';

export type ReadValue = {
  readonly value: unknown;
  /** Where each field starts, by JSON pointer: scalars at the value, maps and lists at their key. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Where each field's key starts. */
  readonly keyOffsets: ReadonlyMap<string, number>;
  readonly problems: readonly YamlProblem[];
};

/** Names that reach an object's prototype in JavaScript: no honest field is called so. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

type Context = {
  readonly offsets: Map<string, number>;
  readonly keyOffsets: Map<string, number>;
  readonly problems: YamlProblem[];
};

/**
 * Document nodes to plain JSON. What makes two readers disagree about a document (anchors, tags,
 * merge keys, duplicate keys, numbers that lose digits) is refused.
 */
export function readValue(root: unknown, startOffset: number): ReadValue {
  const context: Context = { offsets: new Map(), keyOffsets: new Map(), problems: [] };
  const value = readNode(context, root, '', startOffset, 1);
  return { value, ...context };
}

function readNode(
  context: Context,
  node: unknown,
  pointer: string,
  keyOffset: number,
  depth: number,
): unknown {
  const offset = toOffset(node) ?? keyOffset;
  context.offsets.set(pointer, isMap(node) || isSeq(node) ? keyOffset : offset);
  refuseProperties(context, node, offset);
  if (isAlias(node)) {
    refuse(context, offset, 'an alias (`*name`) is refused', 'write the value out');
    return null;
  }
  if (isScalar(node)) return readScalar(context, node, offset);
  if (!isMap(node) && !isSeq(node)) return null;
  if (depth > LIMITS.depth) {
    const message = `maps and lists are nested more than ${LIMITS.depth} levels deep`;
    context.problems.push({ code: 'P106', message, offset });
    return null;
  }
  if (isMap(node)) return readMap(context, node, pointer, depth);
  return node.items.map((item, index) => {
    const at = joinPointer(pointer, index);
    return readNode(context, item, at, toOffset(item) ?? offset, depth + 1);
  });
}

function readMap(context: Context, map: YAMLMap, pointer: string, depth: number): unknown {
  const value: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const pair of map.items) {
    const key = readKey(context, pair, pointer);
    if (key === null) continue;
    const at = joinPointer(pointer, key);
    const offset = toOffset(pair.key) ?? toOffset(map) ?? 0;
    if (Object.hasOwn(value, key)) {
      const message = `the key ${toQuoted(key)} appears twice in one map`;
      refuse(context, offset, message, 'remove one of the two');
      continue;
    }
    context.keyOffsets.set(at, offset);
    value[key] = readNode(context, pair.value, at, offset, depth + 1);
  }
  return value;
}

function readKey(context: Context, { key }: Pair, pointer: string): string | null {
  const offset = toOffset(key) ?? context.offsets.get(pointer) ?? 0;
  refuseProperties(context, key, offset);
  if (!isScalar(key) || typeof key.value !== 'string') {
    refuse(context, offset, 'a key of a map must be a text', 'put the key in quotes');
    return null;
  }
  if (key.value === '<<') {
    refuse(context, offset, 'a merge key (`<<`) is refused', 'write the fields out');
    return null;
  }
  if (PROTOTYPE_KEYS.has(key.value)) {
    refuse(context, offset, `the key ${toQuoted(key.value)} is refused`, 'choose another name');
    return null;
  }
  checkText(context, key.value, offset);
  return key.value;
}

function readScalar(context: Context, { value, source }: Scalar, offset: number): unknown {
  if (typeof value === 'string') checkText(context, value, offset);
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) {
    const message = `the number ${toQuoted(source ?? value)} is not finite`;
    context.problems.push({ code: 'P113', message, offset });
    return 0;
  }
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const message = `the number ${toQuoted(source ?? value)} is beyond 2^53, where digits are lost`;
    const hint = 'put it in quotes if it is meant as a text';
    context.problems.push({ code: 'P113', message, hint, offset });
    return 0;
  }
  return value === 0 ? 0 : value;
}

/** Controls, lone surrogates and direction overrides: invisible in a review, refused by databases. */
const HIDDEN = /(?![\t\n\r])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;

function checkText(context: Context, text: string, offset: number): void {
  if (!HIDDEN.test(text)) return;
  const message = `the text ${toQuoted(text)} holds a character that cannot be seen`;
  context.problems.push({ code: 'P113', message, hint: 'remove the character', offset });
}

function refuseProperties(context: Context, node: unknown, offset: number): void {
  if (isAlias(node) || node === null || typeof node !== 'object') return;
  const { anchor, tag } = node as { readonly anchor?: string; readonly tag?: string };
  if (anchor !== undefined) {
    refuse(
      context,
      offset,
      'an anchor (`&name`) is refused',
      'write the value out where it is used',
    );
  }
  if (tag !== undefined) {
    refuse(context, offset, `a tag (${toQuoted(tag)}) is refused`, 'remove the tag');
  }
}

function refuse(context: Context, offset: number, message: string, hint: string): void {
  context.problems.push({ code: 'P103', message, hint, offset });
}

function toOffset(node: unknown): number | null {
  if (node === null || typeof node !== 'object') return null;
  const { range } = node as { readonly range?: readonly number[] | null };
  return range?.[0] ?? null;
}
