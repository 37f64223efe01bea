/** How an endpoint lets traffic go to a canary; the last step is followed by its promotion. */
export type RolloutStep =
  | { readonly kind: 'setWeight'; readonly percent: number }
  /** From when the weight before it is in force on every node. */
  | { readonly kind: 'pause'; readonly durationMs: number }
  /** Until the judge promotes. */
  | { readonly kind: 'analysis' };

export type StepProblem = {
  /** Index of the step. */
  readonly at: number;
  readonly message: string;
};

/** Longer lists are a mistake of whoever generates them. */
const MAX_STEPS = 64;

/** What is wrong with a list of steps: the first that is; null when nothing is. */
export function findStepProblem(steps: readonly RolloutStep[]): StepProblem | null {
  if (steps.length > MAX_STEPS) {
    return { at: MAX_STEPS, message: `more than ${MAX_STEPS} steps: leave some out` };
  }
  let percent = 0;
  for (const [at, step] of steps.entries()) {
    const message = judgeStep(step, percent);
    if (message !== null) return { at, message };
    if (step.kind === 'setWeight') percent = step.percent;
  }
  return null;
}

function judgeStep(step: RolloutStep, before: number): string | null {
  if (step.kind === 'pause') {
    const isGood = Number.isSafeInteger(step.durationMs) && step.durationMs > 0;
    return isGood ? null : 'a pause has a duration above zero';
  }
  if (step.kind === 'analysis') {
    return before > 0 ? null : 'an analysis before any weight has nothing to judge: set one first';
  }
  if (!(step.percent > 0 && step.percent <= 100)) return 'a weight is above 0 and at most 100';
  if (step.percent > before) return null;
  return `a weight of ${step.percent} after one of ${before}: weights only grow`;
}
