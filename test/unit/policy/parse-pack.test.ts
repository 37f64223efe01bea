import { describe, expect, it } from 'vitest';
import { parsePack } from '../../../reconciler/core/policy/parse-pack.ts';
import { parsePolicyFile } from '../../../reconciler/core/policy/parse-policy.ts';
import { runPolicyTests } from '../../../reconciler/core/policy/run-policy-tests.ts';
import { createCountingEvaluate, toBytes } from './support.ts';

const POLICY = `apiVersion: plumbline.dev/v1alpha1
kind: Policy
metadata:
  name: small
spec:
  match:
    kinds: [Target]
  validations:
    - expression: object.spec.n < 3
      message: too large
  actions: [deny]
`;

const diagnose = (text: string) =>
  parsePolicyFile('small.yaml', toBytes(text)).diagnostics.map(
    ({ code, location, message }) => `${location.line}:${location.column} ${code} ${message}`,
  );

describe('a policy file', () => {
  it('becomes a policy with everything said', () => {
    const { policies, diagnostics } = parsePolicyFile('small.yaml', toBytes(POLICY));
    expect(diagnostics).toEqual([]);
    expect(policies).toMatchObject([
      {
        metadata: { name: 'small' },
        spec: {
          match: { kinds: ['Target'], actions: ['*'] },
          params: {},
          variables: [],
          validations: [{ message: 'too large', messageExpression: null }],
          actions: ['deny'],
        },
      },
    ]);
  });

  it.each([
    ['an unknown field', 'message:', 'mesage:', '10:7 P111'],
    ['another API', 'v1alpha1', 'v2', '1:13 P113'],
    ['another kind', 'kind: Policy', 'kind: Rule', '2:7 P110'],
    ['a bad name', 'name: small', 'name: Small One', '4:9 P114'],
    ['a missing list', '  actions: [deny]\n', '', '5:1 P112'],
    ['an unknown action', '[deny]', '[audit]', '11:13 P113'],
    ['no kinds', '[Target]', '[]', '7:5 P113'],
    ['no message', '      message: too large\n', '', '9:7 P112'],
    ['an expression that is no text', 'object.spec.n < 3', '3', '9:19 P113'],
    ['an expression that is too long', 'object.spec.n < 3', `'${'x'.repeat(4097)}'`, '9:19 P113'],
    ['an expression that is no CEL', 'object.spec.n < 3', 'object.spec.n <', '9:19 P113'],
    ['an alias', '[deny]', '*x', '11:12 P103'],
    ['a repeated key', '  actions: [deny]', '  actions: [deny]\n  actions: [warn]', '12:3 P103'],
    ['a syntax error', '[deny]', '[deny', 'P102'],
  ])('with %s is refused at its place', (_title, from, to, expected) => {
    const found = diagnose(POLICY.replace(from, to));
    expect(found.join('\n')).toContain(expected);
    expect(parsePolicyFile('x.yaml', toBytes(POLICY.replace(from, to))).policies).toEqual([]);
  });

  it('with a variable defined twice is refused', () => {
    const twice = "variables: [{ name: a, expression: '1' }, { name: a, expression: '2' }]";
    expect(diagnose(POLICY.replace('  actions:', `  ${twice}\n  actions:`))).toEqual([
      expect.stringMatching(
        /^11:\d+ P113 "spec.variables\[1\].name" is "a", as in an item before it/,
      ),
    ]);
  });

  it('that is no text, or too large, is refused', () => {
    const refuse = (bytes: Uint8Array) =>
      parsePolicyFile('x.yaml', bytes).diagnostics.map(({ code }) => code);
    expect(refuse(Uint8Array.of(0xff, 0xfe))).toEqual(['P101']);
    expect(refuse(new Uint8Array(256 * 1024 + 1))).toEqual(['P104']);
  });
});

const TEST = `apiVersion: plumbline.dev/v1alpha1
kind: PolicyTest
policy: small
cases:
  - { name: two, action: create, object: { kind: Target, spec: { n: 2 } }, expect: allow }
  - { name: three, action: create, object: { kind: Target, spec: { n: 3 } }, expect: deny }
`;

async function runPack(policy: string, test: string) {
  const pack = parsePack([
    { path: 'small.yaml', bytes: toBytes(policy) },
    { path: 'small.test.yaml', bytes: toBytes(test) },
  ]);
  expect(pack.diagnostics).toEqual([]);
  const results = await runPolicyTests(pack, createCountingEvaluate().evaluate);
  return results.flatMap(({ failure }) => failure ?? []);
}

describe('a pack', () => {
  it('passes when its policies say what its tests expect', async () => {
    expect(await runPack(POLICY, TEST)).toEqual([]);
  });

  it.each([
    ['another decision', '< 3', '< 4', 'expected deny, got allow (nothing)'],
    ['an error', '< 3', '< zz', 'the policy has an error'],
    ['a warning in place of a refusal', '[deny]', '[warn]', 'expected deny, got warn'],
  ])('fails on %s', async (_title, from, to, expected) => {
    expect((await runPack(POLICY.replace(from, to), TEST)).join('\n')).toContain(expected);
  });

  it('fails on another message, a test of nothing, and cases on one side only', async () => {
    const other = TEST.replace('expect: deny', 'expect: deny, message: too small');
    expect((await runPack(POLICY, other)).join()).toContain('expected a message with "too small"');
    const stranger = TEST.replace('policy: small', 'policy: stranger');
    expect((await runPack(POLICY, stranger)).join()).toContain('does not have');
    const lines = TEST.split('\n').filter((line) => !line.includes('three'));
    expect((await runPack(POLICY, lines.join('\n'))).join()).toContain('needs a case');
  });

  it('with two policies of one name is refused', () => {
    const files = ['a.yaml', 'b.yaml'].map((path) => ({ path, bytes: toBytes(POLICY) }));
    expect(parsePack(files).diagnostics).toMatchObject([
      { code: 'P201', location: { path: 'b.yaml' } },
    ]);
  });

  it('with a mistake in a test file is refused', () => {
    const bytes = toBytes(TEST.replace('expect: deny', 'expects: deny'));
    const { diagnostics, tests } = parsePack([{ path: 'small.test.yaml', bytes }]);
    expect(diagnostics.map(({ code }) => code).sort()).toEqual(['P111', 'P112']);
    expect(tests).toEqual([]);
  });
});
