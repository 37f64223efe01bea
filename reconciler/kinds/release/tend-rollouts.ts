import { toCanonicalJson } from '../../core/contracts/canonical-json.ts';
import type { Fence } from '../../core/contracts/fence.ts';
import type { NormalForm } from '../../core/contracts/normal-form.ts';
import { advanceRelease } from '../../core/plan/planners/rollout.ts';
import type { RolloutPosition } from '../../core/rollout/rollout-position.ts';
import { createKeptStates } from '../kept-states.ts';
import type { ZoneForms } from '../zone-forms.ts';
import { lookAtRollout, type RolloutPorts } from './look-at-rollout.ts';
import { createRevertProposer, type RevertPorts } from './propose-reverts.ts';
import type { ReleaseNotes } from './release-notes.ts';

export type TendingPorts = RolloutPorts & RevertPorts;

/**
 * What of a rollout goes on without an effect: since when a pause lasts and what a judge has come to
 * is written down, so that a restart does not begin again; and people are asked about rollbacks.
 */
export function createRolloutTending(
  ports: TendingPorts,
  forms: ZoneForms,
): (fence: Fence) => Promise<void> {
  const states = createKeptStates<ReleaseNotes>('Release', ports.definitions);
  const proposeRevert = createRevertProposer(ports, forms);
  return async (fence) => {
    for await (const { ref, live, state, lastEffectId } of states.eachLive()) {
      const { notes } = state;
      await proposeRevert(live, notes);
      const position = await follow(ports, forms, live, notes);
      if (position === null) continue;
      await states.amend({ ref, fence, lastEffectId }, { ...state, notes: { ...notes, position } });
    }
  };
}

/** Where it has come to while it waits; null when that is written down already. */
async function follow(
  ports: TendingPorts,
  forms: ZoneForms,
  live: NormalForm,
  notes: ReleaseNotes,
): Promise<RolloutPosition | null> {
  const before = notes.position;
  if (before === undefined || before.end !== null) return null;
  const facts = await lookAtRollout(ports, forms, live, notes);
  if (facts === null) return null;
  const { release, canary } = before;
  const goal = { release, canary, live };
  const { action, position } = advanceRelease(facts, goal, ports.clock.now());
  // What is to be done about it is an effect, which writes down where that leads.
  const isWaiting = action.kind === 'wait' || action.kind === 'askPerson';
  return isWaiting && toCanonicalJson(position) !== toCanonicalJson(before) ? position : null;
}
