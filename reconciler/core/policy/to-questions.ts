import type { Json, JsonObject } from '../contracts/json.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Effect } from '../plan/effect.ts';
import type { CelAnswer } from './evaluate-cel.ts';
import type { Policy, PolicyValidation } from './policy.ts';

/** One final effect, with what policies may look at. */
export type PolicySubject = {
  readonly effect: Pick<Effect, 'action' | 'ref'>;
  /** What should be; null for a removal. */
  readonly object: NormalForm | null;
  /** What is; null when there is nothing yet. */
  readonly oldObject: NormalForm | null;
};

export type CelQuestion = { readonly expression: string; readonly input: JsonObject };

/** One policy on one effect, as far as it has been worked out. */
export type PolicyTask = {
  readonly subjectIndex: number;
  readonly policy: Policy;
  readonly input: JsonObject;
  readonly variables: JsonObject;
  /** Set when a variable failed: nothing more is asked then. */
  readonly failure: string | null;
};

/**
 * Questions go out in rounds, one for each depth of variables over all effects together, then one
 * for all validations and one for all messages: so the number of trips to the evaluator does not
 * grow with the number of effects.
 */
export type Round<Owner> = {
  readonly owners: readonly Owner[];
  readonly questions: readonly CelQuestion[];
};

/** Every policy that has something to say about every effect. */
export function toPolicyTasks(
  zone: string,
  subjects: readonly PolicySubject[],
  policies: readonly Policy[],
): readonly PolicyTask[] {
  return subjects.flatMap((subject, subjectIndex) => {
    const input = toSubjectInput(zone, subject);
    return policies
      .filter((policy) => isMatch(policy, subject))
      .map((policy) => ({
        subjectIndex,
        policy,
        input: { ...input, params: policy.spec.params },
        variables: {},
        failure: null,
      }));
  });
}

/** The facts of a verdict, and so what its input digest is taken over. */
export function toSubjectInput(zone: string, subject: PolicySubject): JsonObject {
  const { action, ref } = subject.effect;
  return {
    object: toJson(subject.object),
    oldObject: toJson(subject.oldObject),
    effect: { action, ref: { kind: ref.kind, namespace: ref.namespace, name: ref.name } },
    placement: { zone },
  };
}

function toJson(form: NormalForm | null): Json {
  return form as unknown as Json;
}

function isMatch(policy: Policy, { effect }: PolicySubject): boolean {
  const { kinds, actions } = policy.spec.match;
  const names = (list: readonly string[], word: string) =>
    list.includes('*') || list.includes(word);
  // A policy on everything could otherwise never be corrected or taken back.
  const isNamed = effect.ref.kind !== 'Policy' || kinds.includes('Policy');
  return isNamed && names(kinds, effect.ref.kind) && names(actions, effect.action);
}

export function countVariableStages(policies: readonly Policy[]): number {
  return policies.reduce((most, { spec }) => Math.max(most, spec.variables.length), 0);
}

/** A variable may use those before it, so each has a stage of its own. */
export function toVariableRound(tasks: readonly PolicyTask[], stage: number): Round<PolicyTask> {
  const owners = tasks.filter((task) => task.failure === null && task.policy.spec.variables[stage]);
  return {
    owners,
    questions: owners.map((task) =>
      toQuestion(task, task.policy.spec.variables[stage]?.expression),
    ),
  };
}

export function takeVariables(
  tasks: readonly PolicyTask[],
  stage: number,
  round: Round<PolicyTask>,
  answers: readonly CelAnswer[],
): readonly PolicyTask[] {
  const answerOf = new Map(round.owners.map((task, index) => [task, answers[index]]));
  return tasks.map((task) => {
    const answer = answerOf.get(task);
    const name = task.policy.spec.variables[stage]?.name;
    if (answer === undefined || name === undefined) return task;
    if (answer.state === 'error') return { ...task, failure: `variable ${name}: ${answer.why}` };
    return { ...task, variables: { ...task.variables, [name]: answer.value } };
  });
}

export type ValidationOwner = {
  readonly task: PolicyTask;
  readonly validation: PolicyValidation;
};

export function toValidationRound(tasks: readonly PolicyTask[]): Round<ValidationOwner> {
  const owners = tasks
    .filter((task) => task.failure === null)
    .flatMap((task) => task.policy.spec.validations.map((validation) => ({ task, validation })));
  return {
    owners,
    questions: owners.map(({ task, validation }) => toQuestion(task, validation.expression)),
  };
}

/** Only where a validation failed is its message worked out. */
export function toMessageRound(failed: readonly ValidationOwner[]): Round<ValidationOwner> {
  const owners = failed.filter(({ validation }) => validation.messageExpression !== null);
  return {
    owners,
    questions: owners.map(({ task, validation }) =>
      toQuestion(task, validation.messageExpression ?? undefined),
    ),
  };
}

function toQuestion(task: PolicyTask, expression: string | undefined): CelQuestion {
  if (expression === undefined) throw new Error('a question needs an expression');
  return { expression, input: { ...task.input, variables: task.variables } };
}
