import type { Digest } from '../contracts/digest.ts';
import { toPrintable } from '../spec/printable.ts';
import type { CelAnswer } from './evaluate-cel.ts';
import type { PolicyTask, ValidationOwner } from './to-questions.ts';

export type Decision = 'allow' | 'warn' | 'deny';

export type Finding = {
  readonly policy: string;
  readonly message: string;
  /** What this finding alone leads to. */
  readonly decision: Exclude<Decision, 'allow'>;
  /** True when the policy could not say: then it denies, whatever its actions are. */
  readonly isError: boolean;
};

/** What policies say of one effect, with the digests of everything it follows from. */
export type Verdict = {
  readonly decision: Decision;
  readonly findings: readonly Finding[];
  readonly policyDigest: Digest;
  readonly inputDigest: Digest;
};

export function toVerdict(
  findings: readonly Finding[],
  digests: { readonly policyDigest: Digest; readonly inputDigest: Digest },
): Verdict {
  const isDenied = findings.some((finding) => finding.decision === 'deny');
  const decision = isDenied ? 'deny' : findings.length > 0 ? 'warn' : 'allow';
  return { decision, findings, ...digests };
}

/** A policy whose variables failed has said nothing about the effect. */
export function toFailureFinding(task: PolicyTask, why: string): Finding {
  const { name } = task.policy.metadata;
  return { policy: name, message: toMessage(why), decision: 'deny', isError: true };
}

/** Only the value `true` allows; a number or a text is a mistake in the policy, not an answer. */
export function readValidation(answer: CelAnswer): 'passed' | 'failed' | { readonly why: string } {
  if (answer.state === 'error') return { why: answer.why };
  if (answer.value === true) return 'passed';
  if (answer.value === false) return 'failed';
  return { why: 'the expression gives neither true nor false' };
}

/** `messageAnswer` is null when no expression was asked for the message. */
export function toFinding(owner: ValidationOwner, messageAnswer: CelAnswer | null): Finding {
  const { policy } = owner.task;
  return {
    policy: policy.metadata.name,
    message: toMessage(chooseMessage(owner, messageAnswer)),
    decision: policy.spec.actions.includes('deny') ? 'deny' : 'warn',
    isError: false,
  };
}

/** A message that cannot be worked out must not hide that its validation failed. */
function chooseMessage({ validation }: ValidationOwner, answer: CelAnswer | null): string {
  if (answer?.state === 'value' && typeof answer.value === 'string' && answer.value !== '') {
    return answer.value;
  }
  return validation.message ?? `this does not hold: ${validation.expression}`;
}

const MAX_MESSAGE_CHARACTERS = 500;

/** Messages may quote the object, which strangers wrote: one bounded, printable line. */
function toMessage(text: string): string {
  return toPrintable(text.trim(), MAX_MESSAGE_CHARACTERS);
}

export function describeFinding(finding: Finding): string {
  return `policy ${finding.policy}: ${finding.message}`;
}
