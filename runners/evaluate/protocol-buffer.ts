import { refuse } from './refuse.ts';

/** One field of a message: a number, or the place of its bytes. */
export type Field = {
  readonly number: number;
  /** Beyond 2^53 only about right: nothing of such a size is taken anyway. */
  readonly value: number;
  readonly bytes: Uint8Array | null;
};

/** How many fields a whole file may have, packed numbers not counted. */
export type FieldBudget = { left: number };

const MAX_VARINT_BYTES = 10;

/**
 * The fields of a message, one level deep, without a copy. Nothing is believed before it is
 * checked: every length must end inside the message that it belongs to.
 */
export function* readFields(message: Uint8Array, budget: FieldBudget): Generator<Field> {
  const cursor = { at: 0 };
  while (cursor.at < message.length) {
    budget.left -= 1;
    if (budget.left < 0) throw refuse('model.onnx has more fields than any model needs');
    const tag = readVarint(message, cursor);
    const number = Math.floor(tag / 8);
    if (number < 1 || number > 0x1fff_ffff) throw refuse('model.onnx is no ONNX file');
    yield readValue(message, cursor, number, tag % 8);
  }
}

type Cursor = { at: number };

function readValue(message: Uint8Array, cursor: Cursor, number: number, wire: number): Field {
  if (wire === 0) return { number, value: readVarint(message, cursor), bytes: null };
  if (wire === 1) return { number, value: 0, bytes: take(message, cursor, 8) };
  if (wire === 5) return { number, value: 0, bytes: take(message, cursor, 4) };
  if (wire !== 2) throw refuse('model.onnx is no ONNX file');
  const length = readVarint(message, cursor);
  return { number, value: 0, bytes: take(message, cursor, length) };
}

function take(message: Uint8Array, cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  // A negative length would go back, for ever.
  if (length < 0 || end > message.length) throw refuse('model.onnx is cut off or damaged');
  const bytes = message.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

function readVarint(message: Uint8Array, cursor: Cursor): number {
  let value = 0;
  for (let index = 0; index < MAX_VARINT_BYTES; index += 1) {
    const byte = message[cursor.at];
    if (byte === undefined) throw refuse('model.onnx is cut off or damaged');
    cursor.at += 1;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte >= 0x80) continue;
    // Below zero it must stay below zero, however close the sum is rounded to 2^64.
    return value < 2 ** 63 ? value : Math.min(-1, value - 2 ** 64);
  }
  throw refuse('model.onnx is no ONNX file');
}

/** Numbers that stand one by one or packed into one field. */
export function readVarints(field: Field): readonly number[] {
  if (field.bytes === null) return [field.value];
  const numbers: number[] = [];
  const cursor = { at: 0 };
  while (cursor.at < field.bytes.length) numbers.push(readVarint(field.bytes, cursor));
  return numbers;
}

export function toMessage({ bytes }: Field): Uint8Array {
  if (bytes === null) throw refuse('model.onnx is no ONNX file');
  return bytes;
}

export function toName(field: Field): string {
  const bytes = toMessage(field);
  if (bytes.length > 1024) throw refuse('model.onnx has a name of more than 1,024 bytes');
  return new TextDecoder().decode(bytes);
}
