import { digestJson } from '../contracts/digest.ts';
import type { CelAnswer } from './evaluate-cel.ts';
import {
  type Finding,
  readValidation,
  toFailureFinding,
  toFinding,
  toVerdict,
  type Verdict,
} from './judge.ts';
import type { PolicySet } from './policy.ts';
import {
  type CelQuestion,
  countVariableStages,
  type PolicySubject,
  type PolicyTask,
  type Round,
  takeVariables,
  toMessageRound,
  toPolicyTasks,
  toSubjectInput,
  toValidationRound,
  toVariableRound,
  type ValidationOwner,
} from './to-questions.ts';

/** Answers a batch, in order: the only way from here to an engine. */
export type Evaluate = (questions: readonly CelQuestion[]) => Promise<readonly CelAnswer[]>;

/** A verdict for each effect, in order. The same input and answers always give the same verdicts. */
export async function judgeEffects(
  input: {
    readonly zone: string;
    readonly policySet: PolicySet;
    readonly subjects: readonly PolicySubject[];
  },
  evaluate: Evaluate,
): Promise<readonly Verdict[]> {
  const { zone, policySet, subjects } = input;
  const tasks = await resolveVariables(toPolicyTasks(zone, subjects, policySet.policies), evaluate);
  const findings = [
    ...tasks.flatMap((task) =>
      task.failure === null ? [] : [{ task, finding: toFailureFinding(task, task.failure) }],
    ),
    ...(await askValidations(tasks, evaluate)),
  ];
  const bySubject = new Map<number, Finding[]>();
  for (const { task, finding } of findings) {
    const ofSubject = bySubject.get(task.subjectIndex) ?? [];
    bySubject.set(task.subjectIndex, [...ofSubject, finding]);
  }
  return subjects.map((subject, index) =>
    toVerdict(bySubject.get(index) ?? [], {
      policyDigest: policySet.digest,
      inputDigest: digestJson(toSubjectInput(zone, subject)),
    }),
  );
}

async function resolveVariables(
  tasks: readonly PolicyTask[],
  evaluate: Evaluate,
): Promise<readonly PolicyTask[]> {
  const stages = countVariableStages(tasks.map((task) => task.policy));
  let resolved = tasks;
  for (let stage = 0; stage < stages; stage += 1) {
    const round = toVariableRound(resolved, stage);
    resolved = takeVariables(resolved, stage, round, await ask(round, evaluate));
  }
  return resolved;
}

type OwnedFinding = { readonly task: PolicyTask; readonly finding: Finding };

async function askValidations(
  tasks: readonly PolicyTask[],
  evaluate: Evaluate,
): Promise<readonly OwnedFinding[]> {
  const round = toValidationRound(tasks);
  const answers = await ask(round, evaluate);
  const errors: OwnedFinding[] = [];
  const failed: ValidationOwner[] = [];
  round.owners.forEach((owner, index) => {
    const reading = readValidation(answers[index] as CelAnswer);
    if (reading === 'failed') failed.push(owner);
    else if (reading !== 'passed') {
      errors.push({ task: owner.task, finding: toFailureFinding(owner.task, reading.why) });
    }
  });
  return [...errors, ...(await describeFailed(failed, evaluate))];
}

async function describeFailed(
  failed: readonly ValidationOwner[],
  evaluate: Evaluate,
): Promise<readonly OwnedFinding[]> {
  const round = toMessageRound(failed);
  const answers = await ask(round, evaluate);
  const answerOf = new Map(round.owners.map((owner, index) => [owner, answers[index] ?? null]));
  return failed.map((owner) => ({
    task: owner.task,
    finding: toFinding(owner, answerOf.get(owner) ?? null),
  }));
}

async function ask<Owner>(round: Round<Owner>, evaluate: Evaluate): Promise<readonly CelAnswer[]> {
  if (round.questions.length === 0) return [];
  const answers = await evaluate(round.questions);
  if (answers.length !== round.questions.length) {
    throw new Error(`${round.questions.length} questions got ${answers.length} answers`);
  }
  return answers;
}
