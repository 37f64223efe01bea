import {
  type CelFunc,
  CelScalar,
  type CelValue,
  celFunc,
  celMethod,
  listType,
} from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';

const { DOUBLE, DYN, INT } = CelScalar;
const NUMBERS = listType(DYN);

/**
 * What the language of policies has beyond standard CEL: the string extension and five small
 * functions on numbers that people look for first.
 */
export const CEL_FUNCTIONS: readonly CelFunc[] = [
  ...strings,
  celMethod('sum', NUMBERS, [], DYN, function () {
    return addUp(Array.from(this));
  }),
  celMethod('min', NUMBERS, [], DYN, function () {
    return choose(Array.from(this), (candidate, best) => candidate < best);
  }),
  celMethod('max', NUMBERS, [], DYN, function () {
    return choose(Array.from(this), (candidate, best) => candidate > best);
  }),
  celFunc('abs', [INT], INT, (value) => (value < 0n ? -value : value)),
  celFunc('abs', [DOUBLE], DOUBLE, (value) => Math.abs(value)),
];

/** Ints add up to an int; one double among them makes the sum a double. */
function addUp(values: readonly CelValue[]): bigint | number {
  const numbers = values.map(requireNumber);
  const whole = numbers.filter((value) => typeof value === 'bigint');
  if (whole.length === numbers.length) return whole.reduce((total, value) => total + value, 0n);
  return numbers.reduce<number>((total, value) => total + Number(value), 0);
}

function choose(
  values: readonly CelValue[],
  isBetter: (candidate: bigint | number, best: bigint | number) => boolean,
): bigint | number {
  const [first, ...rest] = values.map(requireNumber);
  if (first === undefined) throw new Error('an empty list has no least and no greatest value');
  return rest.reduce((best, candidate) => (isBetter(candidate, best) ? candidate : best), first);
}

function requireNumber(value: CelValue): bigint | number {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  throw new Error('the list holds something that is no number');
}
