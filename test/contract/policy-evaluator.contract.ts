import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../reconciler/core/contracts/json.ts';
import type { PolicyAnswer, PolicyEvaluator } from '../../reconciler/ports/policy-evaluator.ts';

export type PolicyEvaluatorSubject = {
  readonly name: string;
  readonly create: () => PolicyEvaluator;
  /**
   * False for an evaluator that runs expressions where it is called: nothing can stop one there,
   * so it is only given expressions that we wrote.
   */
  readonly canKill: boolean;
};

/** Ten to the sixth steps in thirty characters: about a second of work. */
export const BOMB = 'l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))';
export const BOMB_INPUT: JsonObject = { l: Array.from({ length: 100 }, (_, index) => index) };

export function describePolicyEvaluator(subject: PolicyEvaluatorSubject): void {
  describe(`policy evaluator: ${subject.name}`, () => {
    let evaluator: PolicyEvaluator;
    beforeAll(() => {
      evaluator = subject.create();
    });
    afterAll(() => evaluator.close());

    describeAnswers(() => evaluator);
    describeHostility(() => evaluator);
    if (subject.canKill) describeKilling(() => evaluator);
    describeClosing(subject.create);
  });
}

type GetEvaluator = () => PolicyEvaluator;

async function ask(
  evaluator: PolicyEvaluator,
  expression: string,
  input: JsonObject = {},
): Promise<PolicyAnswer> {
  const [answer] = await evaluator.evaluate([{ expression, input }]);
  return answer as PolicyAnswer;
}

const value = (json: Json): PolicyAnswer => ({ state: 'value', value: json });
const ERROR = { state: 'error', why: expect.stringMatching(/^.{3,}$/) };

function describeAnswers(evaluator: GetEvaluator): void {
  it('answers nothing to nothing', async () => {
    expect(await evaluator().evaluate([])).toEqual([]);
  });

  it('gives values of every kind that JSON has', async () => {
    const input = { object: { a: [1, 2.5, 'x', null, true, { b: {} }] } };
    expect(await ask(evaluator(), 'object', input)).toEqual(value(input.object));
    expect(await ask(evaluator(), '1 + 2 == 3')).toEqual(value(true));
    expect(await ask(evaluator(), '"a" + string(1)')).toEqual(value('a1'));
    expect(await ask(evaluator(), '2u')).toEqual(value(2));
  });

  it('answers in the order of the questions, errors among them', async () => {
    const questions = Array.from({ length: 600 }, (_, index) => ({
      expression: index % 7 === 3 ? 'index / 0' : 'index * 2',
      input: { index },
    }));
    const answers = await evaluator().evaluate(questions);
    expect(answers).toHaveLength(600);
    for (const [index, answer] of answers.entries()) {
      expect(answer).toEqual(index % 7 === 3 ? ERROR : value(index * 2));
    }
  });

  it('answers several callers at once', async () => {
    const asked = [1, 2, 3, 4, 5].map((n) => ask(evaluator(), 'n + 1', { n }));
    expect(await Promise.all(asked)).toEqual([2, 3, 4, 5, 6].map(value));
  });

  it('takes whole numbers for ints and others for doubles', async () => {
    const input = { n: 3, x: 0.5, big: 2 ** 60 };
    expect(await ask(evaluator(), 'n + 1 <= 4 && n / 2 == 1 && x > 0 && x < 1.0', input)).toEqual(
      value(true),
    );
    expect(await ask(evaluator(), 'double(n) / 2.0', input)).toEqual(value(1.5));
    expect(await ask(evaluator(), 'type(big) == double', input)).toEqual(value(true));
  });
}

function describeHostility(evaluator: GetEvaluator): void {
  it.each([
    ['a syntax error', 'a +'],
    ['nothing', ''],
    ['an unknown name', 'nowhere'],
    ['an unknown function', 'system("rm")'],
    ['a wrong type', '1 + "a"'],
    ['an overflow', '9223372036854775807 + 1'],
    ['a field that is not there', 'object.nothing'],
    ['the prototype', 'object.__proto__'],
    ['a constructor', 'object.constructor'],
    ['a constructor by name', 'constructor'],
    ['a method of JavaScript', 'object.toString'],
    ['a result without JSON: bytes', 'b"abc"'],
    ['a result without JSON: a type', 'type(1)'],
    ['a result without JSON: a time', 'timestamp("2026-01-01T00:00:00Z")'],
    ['a result without JSON: infinity', '1.0 / 0.0'],
    ['a result without JSON: a number beyond 2^53', '9007199254740993'],
    ['a result without JSON: keys that are no text', '{1: 2}'],
    ['too long an expression', `"${'x'.repeat(5000)}" == ""`],
    ['too long an expression in bytes', `"${'é'.repeat(2500)}" == ""`],
    ['too deep an expression', `${'('.repeat(33)}true${')'.repeat(33)}`],
    ['a chain that exhausts the parser', `1${'+1'.repeat(2000)}`],
    ['a chain that exhausts some parsers', `1${'+1'.repeat(400)}`],
    ['a look-around, which needs backtracking', '"a".matches("(?=a)")'],
    ['a sum over texts', '["a"].sum()'],
    ['the least of nothing', '[].min()'],
  ])('answers an error to %s, and goes on', async (_title, expression) => {
    const input = { object: { name: 'x' } };
    const answers = await evaluator().evaluate([
      { expression, input },
      { expression: 'object.name', input },
    ]);
    expect(answers).toEqual([ERROR, value('x')]);
  });

  it('answers in one printable line', async () => {
    const answer = await ask(evaluator(), 'object["\\n\\u001b[2J\\u202e"]', { object: {} });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is the point
    expect((answer as { why: string }).why).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it('matches in linear time where others backtrack for ever', async () => {
    const input = { text: `${'a'.repeat(10_000)}!` };
    expect(await ask(evaluator(), 'text.matches("^(a+)+$")', input)).toEqual(value(false));
  });

  it('reads members named like the prototype as members', async () => {
    const input = JSON.parse('{"object": {"__proto__": {"isAdmin": true}}}') as JsonObject;
    expect(await ask(evaluator(), 'has(object.isAdmin)', input)).toEqual(value(false));
  });
}

function describeClosing(create: () => PolicyEvaluator): void {
  it('takes no questions after it was closed, and may be closed twice', async () => {
    const evaluator = create();
    await ask(evaluator, 'true');
    await evaluator.close();
    await evaluator.close();
    await expect(evaluator.evaluate([{ expression: 'true', input: {} }])).rejects.toThrow();
  });

  it('may be closed without a question', async () => {
    const evaluator = create();
    await evaluator.close();
    await expect(evaluator.evaluate([{ expression: 'true', input: {} }])).rejects.toThrow();
  });
}

function describeKilling(evaluator: GetEvaluator): void {
  it('ends a comprehension of a hundred million steps, and hurts nobody else', async () => {
    const good = { expression: 'size(l) == 100', input: BOMB_INPUT };
    const bad = { expression: BOMB, input: BOMB_INPUT };
    const answers = await evaluator().evaluate([good, bad, good, good]);
    expect(answers).toEqual([value(true), ERROR, value(true), value(true)]);
    expect(await ask(evaluator(), 'size(l)', BOMB_INPUT)).toEqual(value(100));
  });

  it('gives an expression up that does not end again and again', async () => {
    const bad = { expression: BOMB, input: BOMB_INPUT };
    const questions = [...Array.from({ length: 400 }, () => bad), { expression: '1', input: {} }];
    const answers = await evaluator().evaluate(questions);
    expect(answers.slice(0, 400)).toEqual(Array.from({ length: 400 }, () => ERROR));
    expect(answers[400]).toEqual(value(1));
  });

  it('ends an expression that eats its memory', async () => {
    const expression = 'l.map(a, l.map(b, l.map(c, l.map(d, string(d) + "0123456789abcdef"))))';
    const answers = await evaluator().evaluate([
      { expression, input: BOMB_INPUT },
      { expression: '1', input: {} },
    ]);
    expect(answers).toEqual([ERROR, value(1)]);
  });
}
