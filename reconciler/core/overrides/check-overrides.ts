import { parseRefKey, type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import { findNearestName } from '../spec/nearest-name.ts';
import type { Resource } from '../spec/resource.ts';
import { listEntries, toEnvironmentKey } from './find-overrides.ts';

/**
 * An override that nothing answers to would silently do nothing. Names in `unread` belong to
 * documents with mistakes, of which it is unknown where they belong.
 */
export function checkOverrides(
  resources: readonly Resource[],
  unread: ReadonlySet<RefKey>,
): readonly GraphProblem[] {
  const refs = [...unread].flatMap((key) => parseRefKey(key) ?? []);
  return resources
    .filter(({ ref }) => ref.kind === 'Environment')
    .flatMap((environment) => checkEntries(environment, resources, refs));
}

function checkEntries(
  environment: Resource,
  resources: readonly Resource[],
  unread: readonly Ref[],
): readonly GraphProblem[] {
  const entries = listEntries(environment);
  if (entries.length === 0) return [];
  const key = toRefKey(environment.ref);
  const members = resources.filter((one) => toEnvironmentKey(one) === key);
  return entries.flatMap(({ kind, namespace, name }, index): readonly GraphProblem[] => {
    if (name === undefined) return [];
    const known = [...members.map(({ ref }) => ref), ...unread]
      .filter((ref) => ref.kind === kind && (namespace ?? ref.namespace) === ref.namespace)
      .map((ref) => ref.name);
    if (known.includes(name)) return [];
    const nearest = findNearestName(name, known);
    const message = `no ${kind} called "${name}" belongs to ${environment.ref.name}`;
    const none = known.length === 0 ? 'there is none' : `there is: ${known.join(', ')}`;
    const hint = nearest === null ? none : `did you mean "${nearest}"?`;
    const location = locateField(environment, `/spec/overrides/${index}/name`);
    const diagnostic = { code: 'P202', severity: 'error', message, location, hint } as const;
    return [{ refs: [key], diagnostic }];
  });
}
