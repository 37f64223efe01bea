import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../reconciler/core/contracts/json.ts';
import {
  compileCel,
  createCelCache,
  evaluateCel,
} from '../../../reconciler/core/policy/evaluate-cel.ts';
import { run } from './support.ts';

const INPUT = {
  m: { a: 1, 'content-type': 'x', list: [3, 1, 2], mixed: [1, 2.5] },
  spec: { replicas: 3, x: 3, price: 0.64, when: '2026-01-01T00:00:00Z' },
};

/** What governance says of the engine, kept true: its known gaps, and what to write instead. */
describe('CEL as policies know it', () => {
  it.each([
    ['whole numbers are ints', 'spec.replicas + 1 <= 4', true],
    ['ints divide as ints', 'spec.x / 2', 1],
    ['double() mixes', 'double(spec.x) / 2.0', 1.5],
    ['comparison works over both', 'spec.price < 1 && spec.price > 0.5 && spec.x > 2.5', true],
    ['has() chains', 'has(m.zz) && has(m.zz.y)', false],
    ['odd field names by index', 'm["content-type"]', 'x'],
    ['times as text', 'timestamp(spec.when) < timestamp("2026-06-01T00:00:00Z")', true],
    ['sum', 'm.list.sum()', 6],
    ['sum of mixed numbers', 'm.mixed.sum()', 3.5],
    ['sum of nothing', '[].sum()', 0],
    ['min and max', 'm.list.min() == 1 && m.list.max() == 3', true],
    ['abs', 'abs(-3) == 3 && abs(-0.5) == 0.5', true],
    ['join and other text functions', '["a", "b"].join("-").upperAscii()', 'A-B'],
    ['types have names', 'type(spec.x) == int && type(m.list) == list', true],
    ['loops inside loops', 'm.list.all(n, m.mixed.exists(k, k <= n))', true],
    ['a loop variable may hide a name', 'm.list.all(spec, spec > 0)', true],
    ['exists_one', 'm.list.exists_one(n, n == 3)', true],
    ['or absorbs an error', '1 / 0 == 1 || true', true],
    ['and absorbs an error', '1 / 0 == 1 && false', false],
  ] satisfies readonly (readonly [string, string, Json])[])('%s', (_title, expression, value) => {
    expect(run(expression, INPUT)).toEqual({ state: 'value', value });
  });

  it.each([
    ['bind is not there', 'cel.bind(a, 1, a)'],
    ['optionals are not there', 'm.?zz.orValue(1)'],
    ['macros of two variables are not there', 'm.list.all(i, v, v > i)'],
    ['quoted fields are not there', 'm.`content-type`'],
    ['has() of a missing parent is an error', 'has(m.zz.y)'],
    ['ints and doubles do not add up', 'spec.x + spec.price'],
    ['division by zero', 'spec.x / 0'],
    ['an error that nothing absorbs', '1 / 0 == 1 || false'],
    ['a misspelt name is not absent', '!has(spce.replicas)'],
    ['a misspelt name inside a loop', 'm.list.all(n, n < spce.x)'],
    ['a misspelt name that a branch hides', 'true || spce.x'],
    ['a loop variable outside its loop', 'm.list.all(n, n > 0) && n > 0'],
    ['a name of the engine itself', '__result__'],
    ['a misspelt name in a map', '{spce: 1}.size() == 1'],
  ])('%s', (_title, expression) => {
    expect(run(expression, INPUT)).toMatchObject({ state: 'error' });
  });

  it('never throws, whatever it is given', () => {
    const pieces = fc.constantFrom(
      ...['a', '.', '(', ')', '[', ']', '{', '}', '1', '"', "'", '+', '==', '&&', '?', ':', '!'],
      ...['all', 'has', 'map', ',', ' ', 'in', '-', '\\', '\n', '0x', '1e9', 'b"', '//', 'true'],
    );
    const expression = fc.oneof(
      fc.array(pieces, { maxLength: 40 }).map((p) => p.join('')),
      fc.string(),
    );
    const input = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
    fc.assert(
      fc.property(expression, input, (source, values) => {
        const answer = run(source, values);
        expect(['value', 'error']).toContain(answer.state);
      }),
      { numRuns: 200 },
    );
  });

  it('gives back every JSON value as it was', () => {
    // Whole numbers beyond 2^53 are doubles to us, and JSON does not tell -0 from 0.
    const json = fc
      .jsonValue({ maxDepth: 4 })
      .filter((value) => !JSON.stringify(value).includes('e+'));
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        expect(run('x', { x: plain })).toEqual({ state: 'value', value: plain });
      }),
    );
  });
});

describe('programs', () => {
  it('are kept, and forgotten when there are too many', () => {
    const cache = createCelCache(2);
    const [one, two] = [cache.get('1'), cache.get('2')];
    expect(cache.get('1')).toBe(one);
    cache.get('3');
    expect(cache.get('1')).toBe(one);
    expect(cache.get('2')).not.toBe(two);
  });

  it('keep nothing from one run to the next', () => {
    const program = compileCel('has(a.b)');
    expect(evaluateCel(program, { a: { b: 1 } })).toEqual({ state: 'value', value: true });
    expect(evaluateCel(program, { a: {} })).toEqual({ state: 'value', value: false });
    expect(evaluateCel(program, {})).toMatchObject({ state: 'error' });
  });
});
