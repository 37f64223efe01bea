import { CodedError } from '../core/contracts/coded-error.ts';
import type { Finding, Verdict } from '../core/policy/judge.ts';
import { judgeEffects } from '../core/policy/judge-effects.ts';
import { parsePack } from '../core/policy/parse-pack.ts';
import { type Policy, type PolicySet, toPolicySet } from '../core/policy/policy.ts';
import type { PolicyEvaluator } from '../ports/policy-evaluator.ts';
import type { PolicyLibrary } from '../ports/policy-library.ts';
import type { OpenPolicyGate, PolicyCase, PolicyJudgement } from './policy-gate.ts';

/**
 * Judges by packs of a library, and by policies that the repo itself has. A pack that cannot be
 * read or parsed whole refuses everything.
 */
export function createPolicyGate(deps: {
  readonly library: PolicyLibrary;
  readonly evaluator: PolicyEvaluator;
}): OpenPolicyGate {
  return {
    judge: async ({ zone, packs, policies, cases }) => {
      const loaded = await loadPolicySet(deps.library, packs, policies);
      if ('why' in loaded) return refuseAll(loaded, cases);
      const verdicts = await judgeEffects(
        { zone, policySet: loaded.policySet, subjects: cases },
        (questions) => deps.evaluator.evaluate(questions),
      );
      return toJudgement(loaded.policySet, cases, verdicts);
    },
    close: () => deps.evaluator.close(),
  };
}

type LoadedPolicySet =
  | { readonly policySet: PolicySet }
  | { readonly why: string; readonly policySet: PolicySet };

async function loadPolicySet(
  library: PolicyLibrary,
  packs: readonly string[],
  own: readonly Policy[],
): Promise<LoadedPolicySet> {
  const nothing = toPolicySet([]);
  const policies: Policy[] = [...own];
  for (const name of packs) {
    try {
      const pack = parsePack(await library.readPack(name));
      const [mistake] = pack.diagnostics;
      if (mistake !== undefined) {
        const { path, line } = mistake.location;
        const why = `pack ${name}: ${path}:${line} ${mistake.code} ${mistake.message}`;
        return { why, policySet: nothing };
      }
      policies.push(...pack.policies);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      return { why: `pack ${name}: ${error.code} ${error.message}`, policySet: nothing };
    }
  }
  return { policySet: toPolicySet(policies) };
}

function refuseAll(
  { why, policySet }: { readonly why: string; readonly policySet: PolicySet },
  cases: readonly PolicyCase[],
): PolicyJudgement {
  const refusal = { code: 'P303' as const, message: why };
  return {
    policyDigest: policySet.digest,
    denied: new Map(cases.map(({ effect }) => [effect.id, refusal])),
    warnings: [],
  };
}

function toJudgement(
  policySet: PolicySet,
  cases: readonly PolicyCase[],
  verdicts: readonly Verdict[],
): PolicyJudgement {
  const judged = cases.map(({ effect }, index) => ({
    effect,
    verdict: verdicts[index] as Verdict,
  }));
  const denied = judged.filter(({ verdict }) => verdict.decision === 'deny');
  return {
    policyDigest: policySet.digest,
    denied: new Map(denied.map(({ effect, verdict }) => [effect.id, toRefusal(verdict)])),
    warnings: judged.flatMap(({ verdict }) =>
      verdict.findings.filter((finding) => finding.decision === 'warn').map(toSentence),
    ),
  };
}

function toRefusal(verdict: Verdict) {
  const reasons = verdict.findings.filter((finding) => finding.decision === 'deny');
  const code = reasons.some((finding) => finding.isError) ? 'P303' : 'P301';
  return { code, message: reasons.map(toSentence).join('; ') } as const;
}

function toSentence(finding: Finding): string {
  return `${finding.policy}: ${finding.message}`;
}
