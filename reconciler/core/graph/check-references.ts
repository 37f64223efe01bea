import { PLATFORM_NAMESPACE, parseRefKey, type RefKey } from '../contracts/ref.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import { toPrintable, toQuoted } from '../spec/printable.ts';
import type { Resource } from '../spec/resource.ts';
import { findCycles } from './find-cycles.ts';
import { locateField } from './locate-field.ts';
import { dependenciesOf, type Edge, type ResourceGraph } from './resource-graph.ts';
import { createSuggester, type Suggest } from './suggester.ts';

/** A mistake in how resources fit together, and the resources that it makes invalid. */
export type GraphProblem = {
  readonly refs: readonly RefKey[];
  readonly diagnostic: Diagnostic;
};

/**
 * Names that nothing answers to. Names in `known` belong to invalid documents: who uses them is
 * held back, but made no mistake.
 */
export function checkReferences(
  graph: ResourceGraph,
  known: ReadonlySet<RefKey>,
  unreadPaths: readonly string[] = [],
): readonly GraphProblem[] {
  const names = createNames(graph, known, unreadPaths[0]);
  return [...graph.nodes].flatMap(([key, resource]) =>
    dependenciesOf(graph, key).flatMap((edge) => {
      const isKnown = graph.nodes.has(edge.toKey) || known.has(edge.toKey);
      return isKnown ? [] : [toUnknownReference(resource, edge, names)];
    }),
  );
}

type Names = {
  readonly byKind: ReadonlyMap<string, readonly string[]>;
  /** The kinds of what bears a name in a namespace. */
  readonly kinds: ReadonlyMap<string, readonly string[]>;
  /** A file with a document of unknown identity: it may hold what is missed. */
  readonly unreadPath: string | undefined;
  readonly suggest: Suggest;
};

function createNames(
  graph: ResourceGraph,
  known: ReadonlySet<RefKey>,
  unreadPath: string | undefined,
): Names {
  const byKind = new Map<string, string[]>();
  const kinds = new Map<string, string[]>();
  for (const key of [...graph.nodes.keys(), ...known]) {
    const [kind = '', namespace = '', name = ''] = key.split('/');
    const names = byKind.get(`${kind}/${namespace}`) ?? [];
    names.push(name);
    byKind.set(`${kind}/${namespace}`, names);
    kinds.set(`${namespace}/${name}`, [...(kinds.get(`${namespace}/${name}`) ?? []), kind]);
  }
  return { byKind, kinds, unreadPath, suggest: createSuggester() };
}

function toUnknownReference(resource: Resource, edge: Edge, names: Names): GraphProblem {
  const { kind, name } = edge.to;
  const diagnostic: Diagnostic = {
    code: 'P202',
    severity: 'error',
    message: `there is no ${kind} called ${toQuoted(name)}`,
    location: locateField(resource, edge.pointer),
    hint: toKindHint(edge, names) ?? toNameHint(edge, names),
  };
  return { refs: [edge.from], diagnostic };
}

/** The right name of the wrong thing: another name would be a worse guess. */
function toKindHint({ from, to: { kind, name } }: Edge, { kinds }: Names): string | null {
  const own = parseRefKey(from)?.namespace ?? PLATFORM_NAMESPACE;
  for (const namespace of [own, PLATFORM_NAMESPACE]) {
    const [other] = [...(kinds.get(`${namespace}/${name}`) ?? [])].sort();
    if (other === undefined) continue;
    return `there is ${withArticle(other)} of this name, but ${withArticle(kind)} is meant here`;
  }
  return null;
}

function withArticle(kind: string): string {
  return `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function toNameHint({ to: { kind, namespace, name } }: Edge, names: Names): string {
  const others = names.byKind.get(`${kind}/${namespace}`) ?? [];
  const nearest = names.suggest(name, others);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  if (names.unreadPath !== undefined) {
    return `it may be in ${toPrintable(names.unreadPath)}, which could not be read`;
  }
  if (others.length === 0) return `this repo has no ${kind} yet`;
  return `there is: ${toPrintable([...others.slice(0, 20)].sort().join(', '))}`;
}

/** Circles, each reported once with the whole way around. */
export function checkCycles(
  graph: ResourceGraph,
  components: readonly (readonly RefKey[])[],
): readonly GraphProblem[] {
  return findCycles(graph, components).map(({ members, edges }) => {
    const [first, ...others] = edges.map((edge) => locateEdge(graph, edge));
    const way = [...edges.map(({ from }) => from), edges[0]?.from ?? ''].map(toName).join(' → ');
    const diagnostic: Diagnostic = {
      code: 'P203',
      severity: 'error',
      message: `these depend on each other in a circle: ${toPrintable(way, 1024)}`,
      location: first as SourceLocation,
      hint: 'remove one of the references',
      related: others.slice(0, 16).map((location) => ({ message: 'and here', location })),
    };
    return { refs: members, diagnostic };
  });
}

function toName(key: string): string {
  const [kind = '', , name = ''] = key.split('/');
  return `${kind.toLowerCase()} ${name}`;
}

function locateEdge(graph: ResourceGraph, edge: Edge): SourceLocation {
  return locateField(graph.nodes.get(edge.from) as Resource, edge.pointer);
}
