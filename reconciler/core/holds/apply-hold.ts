import type { EffectId } from '../plan/effect.ts';
import type { PlannerResult } from '../plan/planner.ts';
import type { Hold } from './hold.ts';

/**
 * What is left of a plan while a hold is in force: what protects, and `running`, which has begun
 * and would be neither done nor undone if it were dropped.
 */
export function applyHold(
  result: PlannerResult,
  hold: Hold | null,
  running: EffectId | null = null,
): PlannerResult {
  if (hold === null) return result;
  const effects = result.effects.filter(
    (effect) => effect.class === 'self-heal' || effect.id === running,
  );
  const isKept = effects.length < result.effects.length;
  // What would come about once something else is done is kept as well, and says so.
  const wouldCome = result.effects.length === 0 && result.waiting.length > 0;
  if (!isKept && !wouldCome) return result;
  const message = `held by hold ${hold.name}, asked for by ${hold.owner}: ${hold.reason}`;
  return {
    effects,
    waiting: [...result.waiting, { on: message, until: hold.until }],
    conditions: [{ type: 'Held', status: 'True', reason: 'Hold', message }],
  };
}
