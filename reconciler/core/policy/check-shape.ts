import type { ErrorCode } from '../contracts/error-codes.ts';
import { joinPointer, toFieldPath } from '../spec/json-pointer.ts';
import { findNearestName } from '../spec/nearest-name.ts';
import { toQuoted } from '../spec/printable.ts';

/** What a value must look like: the few forms that policy files need. */
export type Shape =
  | { readonly type: 'text'; readonly maxLength: number; readonly pattern?: RegExp }
  | { readonly type: 'one-of'; readonly values: readonly string[] }
  | { readonly type: 'list'; readonly item: Shape; readonly min: number; readonly max: number }
  | {
      readonly type: 'map';
      readonly fields: Readonly<Record<string, Shape>>;
      readonly required: readonly string[];
    }
  /** Any JSON map, or null where that is allowed: its content is somebody else's language. */
  | { readonly type: 'open-map'; readonly orNull: boolean };

export type ShapeProblem = {
  readonly code: ErrorCode;
  readonly pointer: string;
  readonly message: string;
  readonly hint?: string;
};

/** Everything that is wrong, in the order of the document; unknown fields are wrong. */
export function checkShape(value: unknown, shape: Shape, pointer = ''): readonly ShapeProblem[] {
  switch (shape.type) {
    case 'text':
      return checkText(value, shape, pointer);
    case 'one-of':
      return typeof value === 'string' && shape.values.includes(value)
        ? []
        : wrong(pointer, `must be one of ${shape.values.join(', ')}, is ${toQuoted(value)}`);
    case 'list':
      return checkList(value, shape, pointer);
    case 'map':
      return checkMap(value, shape, pointer);
    case 'open-map':
      return isMap(value) || (shape.orNull && value === null)
        ? []
        : wrong(pointer, `must be a map, is ${toQuoted(value)}`);
  }
}

type ShapeOf<T extends Shape['type']> = Extract<Shape, { readonly type: T }>;

function checkText(value: unknown, shape: ShapeOf<'text'>, pointer: string) {
  if (typeof value !== 'string' || value === '') {
    return wrong(pointer, `must be a text, is ${toQuoted(value)}`);
  }
  if (value.length > shape.maxLength) {
    return wrong(pointer, `is longer than ${shape.maxLength} characters`);
  }
  if (shape.pattern === undefined || shape.pattern.test(value)) return [];
  return wrong(pointer, `${toQuoted(value)} does not match ${shape.pattern.source}`);
}

function checkList(value: unknown, shape: ShapeOf<'list'>, pointer: string) {
  if (!Array.isArray(value)) return wrong(pointer, `must be a list, is ${toQuoted(value)}`);
  if (value.length < shape.min) return wrong(pointer, `needs at least ${shape.min} entries`);
  if (value.length > shape.max) return wrong(pointer, `has more than ${shape.max} entries`);
  return value.flatMap((item, index) => checkShape(item, shape.item, joinPointer(pointer, index)));
}

function checkMap(value: unknown, shape: ShapeOf<'map'>, pointer: string): readonly ShapeProblem[] {
  if (!isMap(value)) return wrong(pointer, `must be a map, is ${toQuoted(value)}`);
  const missing = shape.required
    .filter((field) => !Object.hasOwn(value, field))
    .map((field) => toMissing(joinPointer(pointer, field)));
  const present = Object.entries(value).flatMap(([field, member]) => {
    const at = joinPointer(pointer, field);
    const known = Object.hasOwn(shape.fields, field) ? shape.fields[field] : undefined;
    return known === undefined ? [toUnknown(at, field, shape)] : checkShape(member, known, at);
  });
  return [...missing, ...present];
}

function toMissing(pointer: string): ShapeProblem {
  return { code: 'P112', pointer, message: `${toFieldPath(pointer)} is missing` };
}

function toUnknown(pointer: string, field: string, shape: ShapeOf<'map'>): ShapeProblem {
  const nearest = findNearestName(field, Object.keys(shape.fields));
  const message = `there is no field ${toQuoted(field)}`;
  const hint = nearest === null ? {} : { hint: `did you mean ${nearest}?` };
  return { code: 'P111', pointer, message, ...hint };
}

function wrong(pointer: string, message: string): readonly ShapeProblem[] {
  return [{ code: 'P113', pointer, message: `${toFieldPath(pointer)} ${message}`.trim() }];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
