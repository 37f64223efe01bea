import type { NormalForm } from '../../contracts/normal-form.ts';
import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner, PlannerInput, PlannerResult } from '../planner.ts';

export type ReleaseFacts = {
  /** Whether a data-plane node serves exactly this. */
  readonly node: 'serving' | 'loading' | 'failed';
  /** Why not, when it failed. */
  readonly why: string;
};

/** How soon a node that loads a version is looked at again. */
const LOOK_AGAIN_MS = 1_000;

/** Which versions an endpoint runs. It is as desired when a node has said that it serves them. */
export const planRelease: Planner = (input) =>
  planConvergence(input, {
    describe: ({ after }) =>
      `${describeShares(after)} of ${toTypedSpec(after, 'Release').endpoint}`,
    removal: () => ({ action: 'delete', reason: 'left Git: its endpoint awaits a release' }),
    settle,
  });

function describeShares(form: NormalForm): string {
  const { versions } = toTypedSpec(form, 'Release');
  return versions
    .map(({ version, percent }) => `${version.slice(0, 19)} gets ${percent} %`)
    .join(', ');
}

function settle({ desired, facts, now }: PlannerInput): PlannerResult | null {
  const { node = 'serving', why = '' } = facts as Partial<ReleaseFacts>;
  if (desired === null || node === 'serving') return null;
  const condition: Condition =
    node === 'failed'
      ? { type: 'Stalled', status: 'True', reason: 'NotLoaded', message: why }
      : {
          type: 'Progressing',
          status: 'True',
          reason: 'Loading',
          message: 'a data-plane node is loading its versions',
        };
  const waiting = [{ on: 'a data-plane node', until: now + LOOK_AGAIN_MS }];
  return { effects: [], waiting, conditions: [condition] };
}
