import { type Ref, toRefKey } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import { createSuggester, type Suggest } from '../graph/suggester.ts';
import type { HoldSpec } from '../spec/generated/hold.generated.ts';
import type { Resource } from '../spec/resource.ts';
import { type HoldEntry, listReadings, toReading } from './hold.ts';

/**
 * A hold of what there is not would protect nothing, and nobody would know. `unread` are of
 * documents with mistakes: they are there, whatever is wrong with them.
 */
export function checkHolds(
  resources: readonly Resource[],
  unread: readonly Ref[],
): readonly GraphProblem[] {
  const holds = resources.filter(({ ref }) => ref.kind === 'Hold');
  if (holds.length === 0) return [];
  const refs = [...resources.map(({ ref }) => ref), ...unread];
  const readings = new Set(refs.flatMap(listReadings));
  const names = groupNames(refs);
  const suggest = createSuggester();
  return holds.flatMap((hold) =>
    (hold.spec as unknown as HoldSpec).resources.flatMap((entry, index) =>
      readings.has(toReading(entry)) ? [] : [toProblem(hold, entry, index, names, suggest)],
    ),
  );
}

function groupNames(refs: readonly Ref[]): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const { kind, name } of refs) {
    const known = names.get(kind);
    if (known === undefined) names.set(kind, [name]);
    else known.push(name);
  }
  return names;
}

function toProblem(
  hold: Resource,
  entry: HoldEntry,
  index: number,
  names: ReadonlyMap<string, readonly string[]>,
  suggest: Suggest,
): GraphProblem {
  const nearest = suggest(entry.name ?? '', names.get(entry.kind ?? '') ?? []);
  const none = 'name what there is, or remove the entry';
  return {
    refs: [toRefKey(hold.ref)],
    diagnostic: {
      code: 'P202',
      severity: 'error',
      message: `the hold is on ${describe(entry)}, and there is none`,
      location: locateField(hold, `/spec/resources/${index}`),
      hint: nearest === null ? none : `did you mean "${nearest}"?`,
    },
  };
}

function describe({ kind, namespace, name }: HoldEntry): string {
  const called = name === undefined ? '' : ` called "${name}"`;
  const where = namespace === undefined ? '' : ` in namespace "${namespace}"`;
  return `${kind ?? 'something'}${called}${where}`;
}
