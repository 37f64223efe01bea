import {
  parseRefKey,
  type Ref,
  type RefKey,
  toKeyTitle,
  toRefKey,
  toRefTitle,
} from '../contracts/ref.ts';
import { checkHolds } from '../holds/check-holds.ts';
import { applyOverrides } from '../overrides/apply-overrides.ts';
import { checkOverrides } from '../overrides/check-overrides.ts';
import { checkResidency } from '../residency/check-residency.ts';
import { checkTransfers } from '../residency/check-transfers.ts';
import { describeUncarried } from '../residency/describe-uncarried.ts';
import { solveResidency } from '../residency/solve-residency.ts';
import type { Diagnostic, SourceLocation } from '../spec/diagnostic.ts';
import { findKind } from '../spec/identify.ts';
import type { Resource } from '../spec/resource.ts';
import { checkIdentities } from './check-identities.ts';
import { checkPlatform } from './check-platform.ts';
import { checkCycles, checkReferences, type GraphProblem } from './check-references.ts';
import { checkZones } from './check-zones.ts';
import { closeOverDependents, traceWay } from './dependents-closure.ts';
import { checkFits } from './fit/check-fits.ts';
import { locateField } from './locate-field.ts';
import { type Placement, type Placements, placeResources, UNCLEAR } from './placement.ts';
import { buildGraph, type Edge, type ResourceGraph } from './resource-graph.ts';
import { listComponents } from './strong-components.ts';
import type { BrokenResource, HeldBack, Validity } from './validity.ts';

/**
 * Validity is per closure: an invalid resource and whatever depends on it are held back, and the
 * rest may be followed. Only kinds on which everything rests hold back the whole repo.
 */
export function decideValidity(input: {
  readonly resources: readonly Resource[];
  readonly broken: readonly BrokenResource[];
}): Validity {
  const { resources, broken } = input;
  const identities = checkIdentities(resources, broken);
  const unusable = new Set<RefKey>([...identities.duplicated, ...listBrokenKeys(broken)]);
  const usable = resources.filter(({ ref }) => !unusable.has(toRefKey(ref)));
  const unread = [...unusable].map(toRef);
  const overridden = applyOverrides(usable);
  const graph = buildGraph(overridden.resources);
  const components = listComponents(graph);
  const placements = placeResources(graph, components);
  const residency = solveResidency(graph, placements, components);
  const problems = [
    ...identities.problems,
    ...overridden.problems,
    ...checkOverrides(usable, unread),
    ...checkHolds(usable, unread),
    ...checkReferences(graph, unusable, listUnreadPaths(broken)),
    ...checkZones(graph, placements),
    ...checkTransfers(graph),
    ...checkResidency(graph, residency),
    ...checkFits(graph),
    ...checkCycles(graph, components),
  ];
  const invalid = gatherInvalid(unusable, problems);
  const uncarried = describeUncarried(residency);
  const ways = closeOverDependents(graph, invalid.keys());
  const platform = checkPlatform(resources, broken);
  const places = listPlaces(resources, broken);
  const valid = components
    .flat()
    .filter((key) => !invalid.has(key) && !ways.has(key))
    .map((key) => ({
      ...(graph.nodes.get(key) as Resource),
      placement: placements.get(key) as Placement,
      ...uncarried.get(key),
    }));
  return {
    valid,
    zones: valid
      .filter(({ ref }) => ref.kind === 'Zone')
      .map(({ ref }) => ref.name)
      .sort(),
    heldBack: listHeldBack(invalid, ways, placements),
    frozen: platform.length > 0 || holdsEverything(invalid.keys(), broken),
    diagnostics: [
      ...problems.map(({ diagnostic }) => diagnostic),
      ...platform,
      ...[...ways].map(([key, edge]) => toWaiting(graph, { ways, places }, key, edge)),
    ],
  };
}

function listBrokenKeys(broken: readonly BrokenResource[]): readonly RefKey[] {
  return broken.flatMap(({ ref }) => (ref === null ? [] : [toRefKey(ref)]));
}

/** Where each resource stands first. */
function listPlaces(
  resources: readonly Resource[],
  broken: readonly BrokenResource[],
): ReadonlyMap<RefKey, SourceLocation> {
  const places = new Map<RefKey, SourceLocation>();
  for (const { ref, location } of [...resources, ...broken]) {
    if (ref !== null && !places.has(toRefKey(ref))) places.set(toRefKey(ref), location);
  }
  return places;
}

function listUnreadPaths(broken: readonly BrokenResource[]): readonly string[] {
  return broken.filter(({ ref }) => ref === null).map(({ location }) => location.path);
}

/** Invalid keys, each with why in one sentence. */
function gatherInvalid(
  unusable: ReadonlySet<RefKey>,
  problems: readonly GraphProblem[],
): ReadonlyMap<RefKey, string> {
  const invalid = new Map<RefKey, string>();
  for (const { refs, diagnostic } of problems) {
    for (const key of refs) if (!invalid.has(key)) invalid.set(key, diagnostic.message);
  }
  for (const key of unusable) if (!invalid.has(key)) invalid.set(key, 'its document has a mistake');
  return invalid;
}

function holdsEverything(invalid: Iterable<RefKey>, broken: readonly BrokenResource[]): boolean {
  const kinds = [...broken.map(({ kind }) => kind), ...[...invalid].map((key) => toRef(key).kind)];
  return kinds.some((kind) => findKind(kind)?.freezes === true);
}

function listHeldBack(
  invalid: ReadonlyMap<RefKey, string>,
  ways: ReadonlyMap<RefKey, Edge>,
  placements: Placements,
): readonly HeldBack[] {
  const reasons = new Map(invalid);
  for (const key of ways.keys()) reasons.set(key, `it depends on ${toWayText(ways, key)}`);
  return [...reasons]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, why]) => ({ ref: toRef(key), why, placement: placements.get(key) ?? UNCLEAR }));
}

type Waits = {
  readonly ways: ReadonlyMap<RefKey, Edge>;
  readonly places: ReadonlyMap<RefKey, SourceLocation>;
};

function toWaiting(
  graph: ResourceGraph,
  { ways, places }: Waits,
  key: RefKey,
  edge: Edge,
): Diagnostic {
  const resource = graph.nodes.get(key) as Resource;
  const what = toRefTitle(resource.ref);
  const cause = traceWay(ways, key).at(-1) ?? key;
  const at = places.get(cause) ?? resource.location;
  return {
    code: 'P205',
    severity: 'warning',
    message: `${what} is held back: it depends on ${toWayText(ways, key)}`,
    location: locateField(resource, edge.pointer),
    hint: 'it stays as it was until that is mended',
    heldBack: { what, by: toKeyTitle(cause), at },
  };
}

const MAX_WAY = 8;

/** `environment dev → target laptop, which is invalid`. */
function toWayText(ways: ReadonlyMap<RefKey, Edge>, key: RefKey): string {
  const titles = traceWay(ways, key).slice(1).map(toKeyTitle);
  const shown =
    titles.length > MAX_WAY ? [...titles.slice(0, MAX_WAY - 1), '…', titles.at(-1)] : titles;
  return `${shown.join(' → ')}, which is invalid`;
}

function toRef(key: RefKey): Ref {
  const ref = parseRefKey(key);
  if (ref === null) throw new Error(`not a key: ${key}`);
  return ref;
}
