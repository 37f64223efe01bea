import type { Json, JsonObject } from '../../contracts/json.ts';
import type { NormalForm } from '../../contracts/normal-form.ts';
import { planConvergence } from '../plan-convergence.ts';
import type { Planner } from '../planner.ts';

const REMOVALS: Readonly<Record<string, { readonly action: string; readonly reason: string }>> = {
  Retain: { action: 'retire', reason: 'left Git: its slots close, its data stays' },
  Orphan: { action: 'orphan', reason: 'left Git: it stays as it is, unmanaged' },
  Delete: { action: 'delete', reason: 'left Git: its slots and folders are removed' },
};

/** Pools become slots on a machine or cluster; what counts as live is counted there. */
export const planTarget: Planner = (input) =>
  planConvergence(input, {
    describe: ({ before, after }) =>
      before === null
        ? `offers ${listPools(after)}`
        : `offers ${listPools(after)}, was ${listPools(before)}`,
    removal: (live) => {
      const removal = REMOVALS[String(live.spec['deletionPolicy'])] ?? REMOVALS['Retain'];
      if (removal === undefined) throw new Error('the default deletion policy has no removal');
      return removal;
    },
  });

function listPools(form: NormalForm): string {
  const pools = form.spec['pools'];
  if (!Array.isArray(pools) || pools.length === 0) return 'no pools';
  return pools.map((pool: Json) => describePool(pool as JsonObject)).join(' and ');
}

function describePool(pool: JsonObject): string {
  const slots = Number(pool['slots']);
  return `${slots} ${String(pool['device'])} slot${slots === 1 ? '' : 's'} in ${String(pool['name'])}`;
}
