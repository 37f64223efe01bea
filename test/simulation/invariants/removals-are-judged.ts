import { toRefKey } from '../../../reconciler/core/contracts/ref.ts';
import { directionOf } from '../../../reconciler/core/plan/actions.ts';
import { toPlatformRules } from '../../../reconciler/core/plan/platform-rules.ts';
import { allowedDeletions } from '../../../reconciler/core/plan/removals.ts';
import { isLive } from '../../../reconciler/core/plan/settled.ts';
import { findZone, type ZoneWorld } from '../simulated-world.ts';
import { isExecution, type WorldEvent } from '../world-events.ts';
import type { Invariant, InvariantContext } from './invariant.ts';

export const removalsAreJudged: Invariant = {
  id: 'I-13',
  says: 'only what we made is removed, and no revision removes more than the cap allows',
  watch: (context) => {
    const budgets = new Map<string, Budget>();
    return {
      onEvent: (event) => {
        if (event.kind === 'admitted') checkCap(context, event, budgets);
        if (event.kind !== 'applied' || !isExecution(event)) return;
        if (directionOf(event.effect.action) !== 'remove') return;
        context.reached();
        const key = toRefKey(event.effect.ref);
        const { recorded } = findZone(context.world, event.zone).tables;
        if ((recorded.get(key)?.recorded.achieved ?? null) !== null) return;
        context.violate(`${key} was removed, though nothing says that we made it`);
      },
    };
  },
};

/** What one revision may take away, all its admissions together. */
type Budget = { readonly allowed: number; readonly removed: Set<string> };

function checkCap(
  { world, reached, violate }: InvariantContext,
  { zone, admission, previous }: Extract<WorldEvent, { kind: 'admitted' }>,
  budgets: Map<string, Budget>,
): void {
  const place = `${zone} ${admission.revision}`;
  const { deletionCapPercent } = toPlatformRules(previous?.desired ?? admission.desired);
  const removals = admission.effects.filter(({ action }) => directionOf(action) === 'remove');
  if (removals.length > 0) reached();
  const keys = removals.map(({ ref }) => toRefKey(ref));
  // What is recorded counts as well as what is there; and what an earlier revision removed while
  // this one was judged was still there when it was seen.
  const seen = new Set([...listLive(findZone(world, zone)), ...keys]);
  const budget = budgets.get(place) ?? {
    allowed: allowedDeletions(seen.size, deletionCapPercent),
    removed: new Set<string>(),
  };
  budgets.set(place, budget);
  for (const key of keys) budget.removed.add(key);
  if (budget.removed.size <= budget.allowed) return;
  violate(`${place} may remove ${budget.allowed} and removes ${[...budget.removed].join(', ')}`);
}

function listLive({ definitions, executor, tables }: ZoneWorld): readonly string[] {
  const rules = [...definitions.definitions].filter(([, { form }]) => form !== null);
  const targets = [...executor.targets].filter(([, { isManaged }]) => isManaged);
  const recorded = [...tables.recorded].filter(([, entry]) => isLive(entry.recorded));
  return [...rules, ...targets, ...recorded].map(([key]) => key);
}
