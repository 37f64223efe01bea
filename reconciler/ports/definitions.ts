import type { Fence } from '../core/contracts/fence.ts';
import type { NormalForm } from '../core/contracts/normal-form.ts';
import type { EffectId } from '../core/plan/effect.ts';
import type { Receiver } from './receiver.ts';

/**
 * The rules in force in a zone: its platform, zone, environment and namespace definitions.
 * Admission reads them from here, so that a change of rules is an effect like any other.
 */
export interface Definitions extends Receiver {
  /**
   * Changes what is kept of a resource without an effect of its own: how far something has come that
   * goes on by itself. False, with nothing changed, once another effect was the last one.
   */
  amend(input: {
    readonly fence: Fence;
    readonly lastEffectId: EffectId;
    readonly form: NormalForm;
  }): Promise<boolean>;
}
