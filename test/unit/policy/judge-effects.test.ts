import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../reconciler/core/contracts/json.ts';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../../reconciler/core/contracts/normal-form.ts';
import { judgeEffects } from '../../../reconciler/core/policy/judge-effects.ts';
import { type Policy, toPolicySet } from '../../../reconciler/core/policy/policy.ts';
import type { PolicySubject } from '../../../reconciler/core/policy/to-questions.ts';
import { createCountingEvaluate, makePolicy } from './support.ts';

function makeSubject(action: string, spec: JsonObject, kind = 'Target'): PolicySubject {
  const object = toNormalForm({ kind, namespace: 'platform', name: 'laptop' }, spec);
  const isRemoval = action === 'delete';
  return {
    effect: { action, ref: toRef(object) },
    object: isRemoval ? null : object,
    oldObject: isRemoval ? object : null,
  };
}

async function judge(policies: readonly Policy[], subjects: readonly PolicySubject[]) {
  const { evaluate, trips } = createCountingEvaluate();
  const policySet = toPolicySet(policies);
  const verdicts = await judgeEffects({ zone: 'ae', policySet, subjects }, evaluate);
  return { verdicts, trips };
}

async function judgeOne(policy: Policy, subject = makeSubject('create', { n: 5 })) {
  const { verdicts } = await judge([policy], [subject]);
  const [verdict] = verdicts;
  if (verdict === undefined) throw new Error('one subject has one verdict');
  return { decision: verdict.decision, messages: verdict.findings.map(({ message }) => message) };
}

const MATCH = 'match: { kinds: [Target] }';
const oneRule = (expression: string, actions = 'deny', rest = 'message: no') =>
  makePolicy(
    'rule',
    `${MATCH}\nvalidations: [{ expression: "${expression}", ${rest} }]\nactions: [${actions}]`,
  );

describe('a verdict', () => {
  it('allows what is true, stops what is false, and says why', async () => {
    expect(await judgeOne(oneRule('object.spec.n == 5'))).toEqual({
      decision: 'allow',
      messages: [],
    });
    expect(await judgeOne(oneRule('object.spec.n == 6'))).toEqual({
      decision: 'deny',
      messages: ['no'],
    });
    expect((await judgeOne(oneRule('object.spec.n == 6', 'warn'))).decision).toBe('warn');
    expect((await judgeOne(oneRule('object.spec.n == 6', 'warn, deny'))).decision).toBe('deny');
  });

  it.each([
    ['an error', 'object.spec.nothing == 1'],
    ['a number', 'object.spec.n'],
    ['a text', "'true'"],
    ['null', 'null'],
  ])('denies on %s, also from a policy that only warns', async (_title, expression) => {
    const { decision, messages } = await judgeOne(oneRule(expression, 'warn'));
    expect(decision).toBe('deny');
    expect(messages).not.toEqual(['no']);
  });

  it('sees everything that a policy may look at, and nothing else', async () => {
    const expression = [
      "object.kind == 'Target' && oldObject == null && effect.action == 'create'",
      "effect.ref.name == 'laptop' && effect.ref.namespace == 'platform'",
      "placement.zone == 'ae' && params == {} && variables == {}",
    ].join(' && ');
    expect((await judgeOne(oneRule(expression))).decision).toBe('allow');
    for (const name of ['effect.id', 'now', 'secrets', 'env']) {
      expect((await judgeOne(oneRule(`${name} != null`))).decision).toBe('deny');
    }
  });

  it('sees the old form of what is removed', async () => {
    const policy = oneRule('object == null && oldObject.spec.n == 5');
    expect((await judgeOne(policy, makeSubject('delete', { n: 5 }))).decision).toBe('allow');
  });

  it('works its message out, and falls back when that fails', async () => {
    const withMessage = (expression: string, fallback: string) =>
      judgeOne(oneRule('false', 'deny', `messageExpression: "${expression}"${fallback}`));
    const good = await withMessage("'n is ' + string(object.spec.n)", '');
    expect(good.messages).toEqual(['n is 5']);
    for (const bad of ['object.zz', '1 + 1', "''"]) {
      expect((await withMessage(bad, ', message: plain')).messages).toEqual(['plain']);
      expect((await withMessage(bad, '')).messages).toEqual(['this does not hold: false']);
    }
  });

  it('prints no control characters from what it judges', async () => {
    const subject = makeSubject('create', { n: '\u001b[2J\nP301 ok' });
    const policy = oneRule('false', 'deny', 'messageExpression: "object.spec.n"');
    expect((await judgeOne(policy, subject)).messages).toEqual(['\\u001b[2J\\u000aP301 ok']);
  });
});

describe('matching', () => {
  const decide = async (match: string, subject: PolicySubject) => {
    const spec = `match: ${match}\nvalidations: [{ expression: 'false', message: no }]\nactions: [deny]`;
    return (await judgeOne(makePolicy('rule', spec), subject)).decision;
  };

  it('is by kind and by action', async () => {
    const create = makeSubject('create', {});
    const zone = makeSubject('create', {}, 'Zone');
    expect(await decide('{ kinds: [Target] }', create)).toBe('deny');
    expect(await decide('{ kinds: [Target] }', zone)).toBe('allow');
    expect(await decide("{ kinds: ['*'] }", zone)).toBe('deny');
    expect(await decide('{ kinds: [Zone, Target], actions: [update] }', create)).toBe('allow');
    expect(await decide('{ kinds: [Zone, Target], actions: [create] }', create)).toBe('deny');
    expect(await decide("{ kinds: [Target], actions: ['*'] }", makeSubject('delete', {}))).toBe(
      'deny',
    );
  });
});

describe('variables', () => {
  const policy = makePolicy(
    'chain',
    `${MATCH}
variables:
  - { name: a, expression: object.spec.n }
  - { name: b, expression: variables.a * 2 }
  - { name: c, expression: "{'sum': variables.a + variables.b}" }
params: { limit: 15 }
validations: [{ expression: variables.c.sum <= params.limit, message: too much }]
actions: [deny]`,
  );

  it('may use those before them', async () => {
    expect((await judgeOne(policy, makeSubject('create', { n: 5 }))).decision).toBe('allow');
    expect((await judgeOne(policy, makeSubject('create', { n: 6 }))).messages).toEqual([
      'too much',
    ]);
  });

  it('deny when they fail, and name themselves', async () => {
    const { decision, messages } = await judgeOne(policy, makeSubject('create', { n: 'x' }));
    expect(decision).toBe('deny');
    expect(messages).toEqual([expect.stringMatching(/^variable b: /)]);
  });

  it('cost one trip for each depth, however many effects there are', async () => {
    const simple = oneRule('object.spec.n < 9', 'deny', 'messageExpression: "\'n\'"');
    const subjects = Array.from({ length: 50 }, (_, n) => makeSubject('create', { n }));
    const { verdicts, trips } = await judge([policy, simple], subjects);
    expect(trips).toEqual([50, 50, 50, 100, 41]);
    expect(verdicts.map(({ decision }) => decision === 'deny').indexOf(true)).toBe(6);
  });

  it('cost nothing when nothing matches', async () => {
    const { verdicts, trips } = await judge([policy], [makeSubject('create', {}, 'Zone')]);
    expect(trips).toEqual([]);
    expect(verdicts[0]?.decision).toBe('allow');
  });
});

describe('a batch', () => {
  it('keeps effects apart: one that fails does not deny another', async () => {
    const policies = [
      oneRule('object.spec.n < 3'),
      makePolicy(
        'other',
        `${MATCH}
validations: [{ expression: object.spec.n != 4, message: four }]
actions: [warn]`,
      ),
    ];
    const subjects = [1, 2, 'x', 3, 4].map((n) => makeSubject('create', { n }));
    const { verdicts } = await judge(policies, subjects);
    expect(verdicts.map(({ decision }) => decision)).toEqual([
      'allow',
      'allow',
      'deny',
      'deny',
      'deny',
    ]);
    expect(verdicts[4]?.findings.map(({ policy }) => policy).sort()).toEqual(['other', 'rule']);
  });

  it('refuses answers that do not fit the questions', async () => {
    const policySet = toPolicySet([oneRule('true')]);
    const input = { zone: 'ae', policySet, subjects: [makeSubject('create', {})] };
    await expect(judgeEffects(input, async () => [])).rejects.toThrow('1 questions got 0 answers');
  });

  it('lets a failure of the evaluator through: nothing is judged then', async () => {
    const policySet = toPolicySet([oneRule('true')]);
    const input = { zone: 'ae', policySet, subjects: [makeSubject('create', {})] };
    const broken = () => Promise.reject(new Error('closed'));
    await expect(judgeEffects(input, broken)).rejects.toThrow('closed');
  });
});

describe('digests', () => {
  it('tell policies and inputs apart, and nothing else', async () => {
    const [one, other] = [oneRule('object.spec.n == 5'), oneRule('object.spec.n == 6')];
    const verdictOf = async (policies: readonly Policy[], n: number) =>
      (await judge(policies, [makeSubject('create', { n })])).verdicts[0];
    const base = await verdictOf([one], 5);
    expect((await verdictOf([one], 6))?.policyDigest).toBe(base?.policyDigest);
    expect((await verdictOf([one], 6))?.inputDigest).not.toBe(base?.inputDigest);
    expect((await verdictOf([other], 5))?.policyDigest).not.toBe(base?.policyDigest);
    expect((await verdictOf([other], 5))?.inputDigest).toBe(base?.inputDigest);
    const named = { ...other, metadata: { name: 'another' } };
    expect(toPolicySet([named, one]).digest).toBe(toPolicySet([one, named]).digest);
  });

  it('and verdicts do not depend on the order of keys', async () => {
    const policy = oneRule("object.spec.all(key, key != 'bad')");
    const spec = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'bad', 'd'), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(spec, async (values) => {
        const forward = makeSubject('create', values as JsonObject);
        const backward = { ...forward, object: reverseKeys(forward.object as never) as NormalForm };
        const [left, right] = (await judge([policy], [forward, backward])).verdicts;
        expect(right).toEqual(left);
      }),
      { numRuns: 50 },
    );
  });
});

function reverseKeys(value: Json): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reverseKeys);
  const entries = Object.entries(value as JsonObject).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, reverseKeys(item)]));
}
