import { parseRefKey, type RefKey, toRefKey } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import type { HoldSpec } from '../spec/generated/hold.generated.ts';
import { findNearestName } from '../spec/nearest-name.ts';
import type { Resource } from '../spec/resource.ts';
import { isHeld } from './hold.ts';

/** A hold of what there is not would protect nothing, and nobody would know. */
export function checkHolds(
  resources: readonly Resource[],
  unread: ReadonlySet<RefKey>,
): readonly GraphProblem[] {
  const holds = resources.filter(({ ref }) => ref.kind === 'Hold');
  if (holds.length === 0) return [];
  const refs = [
    ...resources.map(({ ref }) => ref),
    ...[...unread].flatMap((key) => parseRefKey(key) ?? []),
  ];
  return holds.flatMap((hold) =>
    (hold.spec as unknown as HoldSpec).resources.flatMap(
      (entry, index): readonly GraphProblem[] => {
        if (refs.some((ref) => isHeld([entry], ref))) return [];
        const names = refs.filter(({ kind }) => kind === entry.kind).map(({ name }) => name);
        const nearest = findNearestName(entry.name ?? '', names);
        const diagnostic = {
          code: 'P202',
          severity: 'error',
          message: `the hold is on ${describe(entry)}, and there is none`,
          location: locateField(hold, `/spec/resources/${index}`),
          hint:
            nearest === null
              ? 'name what there is, or remove the entry'
              : `did you mean "${nearest}"?`,
        } as const;
        return [{ refs: [toRefKey(hold.ref)], diagnostic }];
      },
    ),
  );
}

function describe({ kind, namespace, name }: HoldSpec['resources'][number]): string {
  const called = name === undefined ? '' : ` called "${name}"`;
  const where = namespace === undefined ? '' : ` in namespace "${namespace}"`;
  return `${kind ?? 'something'}${called}${where}`;
}
