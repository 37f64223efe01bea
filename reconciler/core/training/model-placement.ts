import { type Digest, digestJson } from '../contracts/digest.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toDurationSeconds } from '../spec/duration.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

/**
 * Where a run happens and how much it may take: nothing that its bytes depend on, but all that a
 * run which failed may have failed for.
 */
export function toPlacementDigest(model: NormalForm): Digest {
  const { target, pool, maxRuntime, retries } = toTypedSpec(model, 'Model').training;
  return digestJson({ target, pool, maxRuntimeSeconds: toDurationSeconds(maxRuntime), retries });
}
