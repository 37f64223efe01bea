import { type CelInput, isCelList, isCelMap, isCelUint } from '@bufbuild/cel';
import type { Json, JsonObject } from '../contracts/json.ts';

/**
 * JSON has one kind of number and CEL has two that do not mix, so every whole number becomes an
 * int: `slots + 1 <= 4` then works as it reads. A price may be whole today and not tomorrow:
 * policies that calculate with one say `double(price)`.
 */
function toCelInput(value: Json): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => toCelInput(item));
  const entries = Object.entries(value as JsonObject);
  // Defines every member, also one called `__proto__`, instead of assigning it.
  return Object.fromEntries(entries.map(([key, item]) => [key, toCelInput(item)]));
}

/** An activation without a prototype: `constructor` names nothing in it. */
export function toActivation(input: JsonObject): Record<string, CelInput> {
  const activation: Record<string, CelInput> = Object.create(null);
  for (const [name, value] of Object.entries(input)) {
    Object.defineProperty(activation, name, { value: toCelInput(value), enumerable: true });
  }
  return activation;
}

const MAX_DEPTH = 32;
const MAX_NODES = 10_000;

/** A result as JSON; throws when it holds what JSON cannot carry, or too much. */
export function fromCelValue(value: unknown): Json {
  return read(value, { nodes: 0 }, 0);
}

function read(value: unknown, budget: { nodes: number }, depth: number): Json {
  budget.nodes += 1;
  if (budget.nodes > MAX_NODES) throw new Error(`the value has over ${MAX_NODES} parts`);
  if (depth > MAX_DEPTH) throw new Error(`the value is nested over ${MAX_DEPTH} levels deep`);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return readNumber(value);
  if (typeof value === 'bigint') return readInteger(value);
  if (isCelUint(value)) return readInteger(value.value);
  if (isCelList(value)) return Array.from(value, (item) => read(item, budget, depth + 1));
  if (isCelMap(value)) return readMap(value, budget, depth);
  throw new Error('the value is of a type that JSON does not have');
}

function readMap(
  map: Iterable<readonly [unknown, unknown]>,
  budget: { nodes: number },
  depth: number,
): JsonObject {
  const entries: (readonly [string, Json])[] = [];
  for (const [key, item] of map) {
    if (typeof key !== 'string') throw new Error('a map with keys that are not text');
    entries.push([key, read(item, budget, depth + 1)]);
  }
  return Object.fromEntries(entries);
}

function readNumber(value: number): number {
  if (!Number.isFinite(value)) throw new Error(`the value is ${value}`);
  return value;
}

function readInteger(value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error('the value is a number beyond 2^53');
  return number;
}
