import type { Tensor } from '../../../reconciler/core/serving/tensor.ts';

/** A model that is loaded and answers. */
export type Model = {
  /** `inline`: in this process, for it is short. `pool`: in processes of its own. */
  readonly placement: 'inline' | 'pool';
  /** How many calls make sense at the same time. */
  readonly concurrency: number;
  /**
   * All outputs for the rows of all inputs. Throws P825 when the model fails; with `remedy` retry
   * when its process died, so that what it was given is not to be given again.
   */
  readonly run: (tensors: readonly Tensor[]) => Promise<readonly Tensor[]>;
  /** Once nothing runs any more. */
  readonly close: () => Promise<void>;
};
