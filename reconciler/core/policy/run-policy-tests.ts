import type { JsonObject } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../contracts/ref.ts';
import { describeFinding, type Verdict } from './judge.ts';
import { type Evaluate, judgeEffects } from './judge-effects.ts';
import type { Pack } from './parse-pack.ts';
import type { PolicyTest, PolicyTestCase } from './parse-policy-test.ts';
import { type Policy, toPolicySet } from './policy.ts';
import type { PolicySubject } from './to-questions.ts';

export type PolicyTestResult = {
  readonly policy: string;
  readonly name: string;
  /** Null when the policy said what the test expects. */
  readonly failure: string | null;
};

/**
 * Each case is judged by its policy alone, so that it proves that one. A pack is also tested for
 * what no case can show: a policy without a case that it lets pass, or without one that it stops.
 */
export async function runPolicyTests(
  pack: Pack,
  evaluate: Evaluate,
): Promise<readonly PolicyTestResult[]> {
  const results: PolicyTestResult[] = [];
  for (const test of pack.tests) {
    const policy = pack.policies.find((candidate) => candidate.metadata.name === test.policy);
    if (policy === undefined) {
      const failure = `${test.path} tests a policy that the pack does not have`;
      results.push({ policy: test.policy, name: 'exists', failure });
      continue;
    }
    for (const [zone, cases] of groupByZone(test.cases)) {
      results.push(...(await runCases(policy, zone, cases, evaluate)));
    }
  }
  return [...results, ...pack.policies.map((policy) => checkCoverage(policy, pack.tests))];
}

async function runCases(
  policy: Policy,
  zone: string,
  cases: readonly PolicyTestCase[],
  evaluate: Evaluate,
): Promise<readonly PolicyTestResult[]> {
  const policySet = toPolicySet([policy]);
  const subjects = cases.map(toSubject);
  const verdicts = await judgeEffects({ zone, policySet, subjects }, evaluate);
  return cases.map((test, index) => ({
    policy: policy.metadata.name,
    name: test.name,
    failure: compare(test, verdicts[index] as Verdict),
  }));
}

function groupByZone(cases: readonly PolicyTestCase[]): ReadonlyMap<string, PolicyTestCase[]> {
  const groups = new Map<string, PolicyTestCase[]>();
  for (const test of cases) groups.set(test.zone, [...(groups.get(test.zone) ?? []), test]);
  return groups;
}

function toSubject(test: PolicyTestCase): PolicySubject {
  const object = test.object as unknown as NormalForm | null;
  const oldObject = test.oldObject as unknown as NormalForm | null;
  const ref = readRef(test.object ?? test.oldObject ?? {});
  return { effect: { action: test.action, ref }, object, oldObject };
}

function readRef(object: JsonObject): Ref {
  const metadata = object['metadata'] as JsonObject | undefined;
  return {
    kind: String(object['kind'] ?? ''),
    namespace: String(metadata?.['namespace'] ?? PLATFORM_NAMESPACE),
    name: String(metadata?.['name'] ?? ''),
  };
}

function compare(test: PolicyTestCase, verdict: Verdict): string | null {
  const said = verdict.findings.map(describeFinding).join('; ') || 'nothing';
  const error = verdict.findings.find((finding) => finding.isError);
  if (error !== undefined) return `the policy has an error: ${error.message}`;
  if (verdict.decision !== test.expect) {
    return `expected ${test.expect}, got ${verdict.decision} (${said})`;
  }
  if (test.message === null || said.includes(test.message)) return null;
  return `expected a message with ${JSON.stringify(test.message)}, got ${said}`;
}

function checkCoverage(policy: Policy, tests: readonly PolicyTest[]): PolicyTestResult {
  const { name } = policy.metadata;
  const expected = tests
    .filter((test) => test.policy === name)
    .flatMap((test) => test.cases.map(({ expect }) => expect === 'allow'));
  const isCovered = expected.includes(true) && expected.includes(false);
  const failure = isCovered ? null : 'needs a case that it lets pass and one that it stops';
  return { policy: name, name: 'has cases on both sides', failure };
}
