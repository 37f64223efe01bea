import type { EffectId } from '../../core/plan/effect.ts';
import type { RolloutPosition } from '../../core/rollout/rollout-position.ts';

/** What is remembered of a release beside its form. */
export type ReleaseNotes = {
  /** Missing for one that was made by a build without rollouts. */
  readonly position?: RolloutPosition;
  /** The rollback that ended its rollout: the cause of a pull request. */
  readonly rollback?: { readonly effectId: EffectId; readonly why: string };
};
