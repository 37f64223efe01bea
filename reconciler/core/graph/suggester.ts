import { findNearestName } from '../spec/nearest-name.ts';

/** Suggestions cost a comparison with every name, so a repo of nothing but mistakes gets few. */
const MAX_SUGGESTIONS = 200;
const MAX_CANDIDATES = 1_000;

/** The name that was probably meant; null when none is near, or enough has been suggested. */
export type Suggest = (name: string, known: readonly string[]) => string | null;

/** One for each kind of mistake in a revision, so that many of one leave the others their hints. */
export function createSuggester(): Suggest {
  let left = MAX_SUGGESTIONS;
  return (name, known) => {
    left -= 1;
    return left < 0 ? null : findNearestName(name, known.slice(0, MAX_CANDIDATES));
  };
}
