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
      before === null ? describeOffer(after) : describeChange(before, after),
    removal: (live) => {
      const removal = REMOVALS[String(live.spec['deletionPolicy'])] ?? REMOVALS['Retain'];
      if (removal === undefined) throw new Error('the default deletion policy has no removal');
      return removal;
    },
  });

function describeOffer(form: NormalForm): string {
  const pools = [...listPools(form).values()];
  return pools.length === 0 ? 'offers no pools' : `offers ${pools.map(describePool).join(' and ')}`;
}

/** Only what differs: a reviewer looks for the one number that changed. */
function describeChange(before: NormalForm, after: NormalForm): string {
  const was = listPools(before);
  const is = listPools(after);
  const changes = [...is].flatMap(([name, pool]) => describePoolChange(was.get(name), pool));
  const dropped = [...was.keys()].filter((name) => !is.has(name));
  const all = [...changes, ...dropped.map((name) => `drops the pool ${name}`)];
  return all.length === 0 ? 'its definition changes' : all.join(' and ');
}

function describePoolChange(before: JsonObject | undefined, after: JsonObject): readonly string[] {
  if (before === undefined) return [`offers ${describePool(after)}, a new pool`];
  if (before['device'] !== after['device']) {
    return [`offers ${describePool(after)}, was ${describePool(before)}`];
  }
  if (before['slots'] === after['slots']) return [];
  return [`offers ${describePool(after)}, was ${Number(before['slots'])}`];
}

function listPools(form: NormalForm): ReadonlyMap<string, JsonObject> {
  const pools = form.spec['pools'];
  if (!Array.isArray(pools)) return new Map();
  return new Map(pools.map((pool: Json) => [nameOf(pool as JsonObject), pool as JsonObject]));
}

function nameOf(pool: JsonObject): string {
  return String(pool['name']);
}

function describePool(pool: JsonObject): string {
  const slots = Number(pool['slots']);
  return `${slots} ${String(pool['device'])} slot${slots === 1 ? '' : 's'} in ${nameOf(pool)}`;
}
