import { CodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { parseCodedText, toCodedText } from '../../../reconciler/core/contracts/coded-text.ts';
import { toShortDigest } from '../../../reconciler/core/contracts/digest.ts';
import { ERROR_CODES } from '../../../reconciler/core/contracts/error-codes.ts';
import {
  type EntityValue,
  toAssignmentText,
} from '../../../reconciler/core/serving/assignment-text.ts';
import type { Randomness } from '../../../reconciler/ports/randomness.ts';
import { toModelName } from '../routes/route-state.ts';
import type { ServedEndpoint } from '../routes/served-endpoint.ts';
import type { ServedVersion } from '../routes/served-version.ts';

/**
 * The same entity meets the same version through every door; who names none is drawn anew at each
 * request. Throws P823 when no version is there.
 */
export function assignVersion(
  { randomness }: { readonly randomness: Randomness },
  endpoint: ServedEndpoint,
  entity: readonly EntityValue[] | null,
): ServedVersion {
  const key = entity === null ? String(randomness.fraction()) : toAssignmentText(entity);
  const served = endpoint.assign(key);
  if (served === null) throw toNotReady(endpoint);
  return served;
}

/** An endpoint without a version waits for a person, or has versions that do not load. */
export function toNotReady({ route, failed }: ServedEndpoint): CodedError {
  const name = toModelName(route.endpoint);
  const [first] = failed;
  const why =
    first === undefined
      ? 'awaits a release: it has no version yet'
      : `has a release, and cannot load it: ${toShortDigest(first[0])}: ${toTold(first[1])}`;
  return new CodedError('P823', `'${name}' ${why}`, { remedy: 'retry' });
}

/** What is wrong with a model is for whoever asks it; where its file lies is for the node's log. */
export function toTold(why: string): string {
  const coded = parseCodedText(why);
  if (coded === null || coded.code === 'P804' || !why.includes('/')) return why;
  return toCodedText(coded.code, ERROR_CODES[coded.code]);
}
