import { findStepProblem } from '../../rollout/rollout-steps.ts';
import { type RolloutSpec, toStep } from '../../rollout/to-rollout-plan.ts';
import type { EndpointSpec } from '../generated/endpoint.generated.ts';
import type { FieldProblem } from '../validate-value.ts';
import { type FieldCheck, problemAt, refusedAt } from './field-check.ts';

const ROLLOUT = '/spec/rollout';

export const checkEndpoint: FieldCheck<EndpointSpec> = ({ rollout }) => {
  if (rollout === undefined) return [];
  const mixed = rollout.steps.flatMap(checkFields);
  if (mixed.length > 0) return mixed;
  const problem = findStepProblem(rollout.steps.map(toStep));
  if (problem !== null) {
    const { at, message } = problem;
    return [problemAt('P207', `${ROLLOUT}/steps/${at}`, message, 'change or remove this step')];
  }
  return checkJudge(rollout);
};

function checkFields(step: RolloutSpec['steps'][number], at: number): readonly FieldProblem[] {
  const [first, ...others] = Object.keys(step);
  const pointer = `${ROLLOUT}/steps/${at}`;
  if (first === undefined) {
    const hint = 'write `setWeight`, `pause` or `waitFor`';
    return [problemAt('P207', pointer, 'the step says nothing', hint)];
  }
  return others.map((other) =>
    refusedAt(
      `${pointer}/${other}`,
      `a step with \`${first}\` has no \`${other}\``,
      'make two steps of it, in the order in which they are to happen',
    ),
  );
}

function checkJudge({ steps, analysis }: RolloutSpec): readonly FieldProblem[] {
  const waiting = steps.findIndex(({ waitFor }) => waitFor !== undefined);
  if (waiting !== -1 && analysis === undefined) {
    const message = 'the step waits for an analysis, and the rollout has none';
    const hint = 'add `analysis: {}` to the rollout for the usual one';
    return [problemAt('P207', `${ROLLOUT}/steps/${waiting}`, message, hint)];
  }
  if (analysis === undefined || steps.some(({ setWeight }) => setWeight !== undefined)) return [];
  const message = 'there is an analysis, and no step gives the new version traffic to be judged by';
  const hint = 'add a step with `setWeight`, or leave the analysis out';
  return [problemAt('P207', `${ROLLOUT}/steps`, message, hint)];
}
