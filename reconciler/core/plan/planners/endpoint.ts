import { toTypedSpec } from '../../spec/typed-spec.ts';
import type { Condition } from '../../status/condition.ts';
import { CONVERGED, planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';

export type EndpointFacts = {
  /** How many versions are released to it. */
  readonly versions: number;
};

const AWAITING_RELEASE: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'AwaitingRelease',
  message:
    'it serves as soon as a Release names a version; plumb pr list shows the one that is proposed',
};

/**
 * A release comes and goes as an effect of another resource, which nobody tells this one of, so it
 * is looked at in both directions: one read of the route table.
 */
const LOOK_AGAIN_MS = 2_000;

/** Where a model is asked. Without a release it is known and answers nobody. */
export const planEndpoint: Planner = (input) =>
  planConvergence(input, {
    describe: ({ before, after }) => {
      const { model, threshold } = toTypedSpec(after, 'Endpoint');
      if (before === null) return `serves the model ${model}, positive from ${threshold} on`;
      const was = toTypedSpec(before, 'Endpoint').threshold;
      return was === threshold
        ? 'its settings change'
        : `its threshold goes from ${was} to ${threshold}`;
    },
    removal: () => ({ action: 'delete', reason: 'left Git: it is no longer served' }),
    settle: ({ desired, facts, now }) => {
      const { versions = 1 } = facts as Partial<EndpointFacts>;
      if (desired === null) return null;
      const waiting = [{ on: 'a release', until: now + LOOK_AGAIN_MS }];
      return { effects: [], waiting, conditions: [versions > 0 ? CONVERGED : AWAITING_RELEASE] };
    },
  });
