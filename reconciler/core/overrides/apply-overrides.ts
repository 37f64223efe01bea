import { copyJson } from '../contracts/copy-json.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import { API_VERSION } from '../contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type RefKey, toRefKey, toRefTitle } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import { readPointer } from '../spec/json-pointer.ts';
import { mergePatch } from '../spec/merge-patch.ts';
import { readContent } from '../spec/read-resource.ts';
import type { Resource } from '../spec/resource.ts';
import type { FieldProblem } from '../spec/validate-value.ts';
import { findOverrides, type Override, toEnvironmentKey } from './find-overrides.ts';

export type Overridden = {
  readonly resources: readonly Resource[];
  readonly problems: readonly GraphProblem[];
};

/**
 * Resources as they are in their environments. What comes out must be valid as if it had been
 * written out; where it is not, the resource stays as it was written, and is invalid.
 */
export function applyOverrides(resources: readonly Resource[]): Overridden {
  const environments = new Map<RefKey, Resource>();
  for (const resource of resources) {
    if (resource.ref.kind === 'Environment') environments.set(toRefKey(resource.ref), resource);
  }
  const problems: GraphProblem[] = [];
  const applied = resources.map((resource) => {
    const key = toEnvironmentKey(resource);
    const environment = key === null ? undefined : environments.get(key);
    const overrides = environment === undefined ? [] : findOverrides(environment, resource.ref);
    if (overrides.length === 0) return resource;
    const result = override(resource, overrides);
    if ('spec' in result) return { ...resource, ...result };
    problems.push(...result.map((problem) => toGraphProblem(resource, overrides, problem)));
    return resource;
  });
  return { resources: applied, problems };
}

function override(resource: Resource, overrides: readonly Override[]) {
  const { ref, labels, formerly } = resource;
  const patched = overrides.reduce<Json>(
    (spec, { patch }) => mergePatch(spec, patch),
    resource.spec,
  ) as JsonObject;
  if (patched['environment'] !== resource.spec['environment']) return [MOVED];
  const room = ref.namespace === PLATFORM_NAMESPACE ? {} : { namespace: ref.namespace };
  const metadata = { name: ref.name, ...room, labels, formerly };
  // A copy, since judging fills in defaults, and the patch belongs to the environment.
  const spec = copyJson(patched);
  const read = readContent({ apiVersion: API_VERSION, kind: ref.kind, metadata, spec });
  return read.content ?? read.problems;
}

const MOVED: FieldProblem = {
  code: 'P207',
  message: 'an override cannot move a resource to another environment',
  hint: 'change the field in the resource itself',
  pointer: '/spec/environment',
  atKey: false,
};

function toGraphProblem(
  resource: Resource,
  overrides: readonly Override[],
  { code, message, hint, pointer }: FieldProblem,
): GraphProblem {
  const told = overrides.findLast((one) => says(one, pointer)) ?? (overrides.at(-1) as Override);
  const location = locateField(told.environment, toPatchPointer(told, pointer));
  return {
    refs: [toRefKey(resource.ref)],
    diagnostic: {
      code,
      severity: 'error',
      message: `${toRefTitle(resource.ref)}, as this override makes it: ${message}`,
      location,
      ...(hint === undefined ? {} : { hint }),
      related: [{ message: 'what is overridden', location: locateField(resource, pointer) }],
    },
  };
}

/** Whether a patch has a word in a field: it, or something around it below the root. */
function says({ patch }: Override, pointer: string): boolean {
  const [, , top] = pointer.split('/');
  return top !== undefined && readPointer(patch, `/${top}`) !== undefined;
}

function toPatchPointer({ pointer }: Override, field: string): string {
  return `${pointer}/patch${field.replace(/^\/spec/, '')}`;
}
