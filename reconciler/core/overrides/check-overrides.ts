import { type Ref, type RefKey, toRefKey } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import { createSuggester, type Suggest } from '../graph/suggester.ts';
import type { Resource } from '../spec/resource.ts';
import { listEntries, toEnvironmentKey } from './find-overrides.ts';

/**
 * An override that nothing answers to would silently do nothing. `unread` are of documents with
 * mistakes, of which it is unknown where they belong.
 */
export function checkOverrides(
  resources: readonly Resource[],
  unread: readonly Ref[],
): readonly GraphProblem[] {
  const environments = resources.filter(
    (one) => one.ref.kind === 'Environment' && listEntries(one).length > 0,
  );
  if (environments.length === 0) return [];
  const members = groupByEnvironment(resources);
  const suggest = createSuggester();
  return environments.flatMap((environment) => {
    const own = members.get(toRefKey(environment.ref)) ?? [];
    return checkEntries(environment, [...own, ...unread], suggest);
  });
}

function groupByEnvironment(resources: readonly Resource[]): ReadonlyMap<RefKey, readonly Ref[]> {
  const members = new Map<RefKey, Ref[]>();
  for (const resource of resources) {
    const key = toEnvironmentKey(resource);
    if (key === null) continue;
    const known = members.get(key);
    if (known === undefined) members.set(key, [resource.ref]);
    else known.push(resource.ref);
  }
  return members;
}

function checkEntries(
  environment: Resource,
  members: readonly Ref[],
  suggest: Suggest,
): readonly GraphProblem[] {
  return listEntries(environment).flatMap(
    ({ kind, namespace, name }, index): readonly GraphProblem[] => {
      if (name === undefined) return [];
      const known = members
        .filter((ref) => ref.kind === kind && (namespace ?? ref.namespace) === ref.namespace)
        .map((ref) => ref.name);
      if (known.includes(name)) return [];
      const nearest = suggest(name, known);
      const message = `no ${kind} called "${name}" belongs to ${environment.ref.name}`;
      const none =
        known.length === 0 ? 'there is none' : `there is: ${known.slice(0, 20).join(', ')}`;
      const hint = nearest === null ? none : `did you mean "${nearest}"?`;
      const location = locateField(environment, `/spec/overrides/${index}/name`);
      const diagnostic = { code: 'P202', severity: 'error', message, location, hint } as const;
      return [{ refs: [toRefKey(environment.ref)], diagnostic }];
    },
  );
}
