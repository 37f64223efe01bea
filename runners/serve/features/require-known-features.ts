import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import type { FeatureContract } from '../../../reconciler/core/contracts/generated/model-manifest.generated.ts';
import { type FeatureResolverDeps, requireFeatures } from './feature-resolver.ts';

/** As long as a start may wait for a store that does not answer. */
const ASK_LIMIT_MS = 2_000;

/**
 * Throws P823 when the store says that features of a version are missing: the version of before
 * goes on. A store that is away says nothing, and must not keep a node from starting: then each
 * request finds out for itself.
 */
export async function requireKnownFeatures(
  deps: FeatureResolverDeps,
  contract: FeatureContract,
): Promise<void> {
  if (contract.views.length === 0) return;
  const answered = new AbortController();
  const asking = requireFeatures(deps.onlineFeatures, contract).catch((error: unknown) => {
    if (isCodedError(error, 'P823')) throw error;
  });
  try {
    await Promise.race([asking, deps.clock.sleep(ASK_LIMIT_MS, answered.signal)]);
  } finally {
    answered.abort();
  }
}
