import { parseRfc3339, toRfc3339 } from '../contracts/instant.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

/** The same model on data up to another time: what a retraining trains, and asks people for. */
export function toCandidate(model: NormalForm, asOf: string): NormalForm {
  const { training } = toTypedSpec(model, 'Model');
  const window = { ...training.window, asOf };
  return { ...model, spec: { ...model.spec, training: { ...training, window } } };
}

/**
 * Up to when there is data that the model has not seen, in whole seconds; null when there is none:
 * the same rows give the same model.
 */
export function findNewerAsOf(model: NormalForm, newestKnown: string | null): string | null {
  const newest = newestKnown === null ? null : parseRfc3339(newestKnown);
  if (newest === null) return null;
  const text = `${toRfc3339(newest).slice(0, 'YYYY-MM-DDThh:mm:ss'.length)}Z`;
  const { asOf } = toTypedSpec(model, 'Model').training.window;
  return (parseRfc3339(text) ?? 0) > (parseRfc3339(asOf) ?? 0) ? text : null;
}
