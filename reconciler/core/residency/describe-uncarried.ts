import { type RefKey, toKeyTitle } from '../contracts/ref.ts';
import { isRefused, type Residency } from './solve-residency.ts';

/**
 * What its zones allow to cross is lawful, and still does not move by itself: this version brings
 * neither rows nor models from one zone to another. Who needs them waits and says so.
 */
export function describeUncarried(
  residency: Residency,
): ReadonlyMap<RefKey, { readonly uncarried: string }> {
  const lawful = residency.crossings.filter((crossing) => !isRefused(crossing));
  return new Map(
    lawful.map(({ flow, to }) => {
      const uncarried = `it needs ${flow.form} of ${toKeyTitle(flow.from)}, which may come to zone "${to}", but this version carries nothing between zones`;
      return [flow.holder, { uncarried }];
    }),
  );
}
