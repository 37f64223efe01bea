import type { RefKey } from '../contracts/ref.ts';
import { type Placements, toZone } from '../graph/placement.ts';
import type { ResourceGraph } from '../graph/resource-graph.ts';
import type { DataSourceSpec } from '../spec/generated/data-source.generated.ts';
import type { Resource } from '../spec/resource.ts';
import { type DataClass, isWithin, joinClasses } from './data-class.ts';
import { type Flow, listFlows, listOutflows } from './list-flows.ts';
import { findTransfer, listTransfers, type Transfer } from './residency-rules.ts';

/** How data of one zone came to be in a resource: the most sensitive of it, and its last hop. */
export type Origin = {
  readonly dataClass: DataClass;
  /** Null where it starts. */
  readonly by: Flow | null;
};

/**
 * Every zone that something in a resource has been in, with the most sensitive class that came from
 * there. Each of these zones has a say in where the resource's data may go next: to be let into one
 * zone is no leave to go on to a third.
 */
export type Origins = ReadonlyMap<string, Origin>;

export type Residency = {
  /** What a resource holds; resources that hold no data are missing. */
  readonly origins: ReadonlyMap<RefKey, Origins>;
  readonly crossings: readonly CrossingFlow[];
};

/** A flow between two zones, and what each zone with a say in it answers. */
export type CrossingFlow = {
  readonly flow: Flow;
  readonly to: string;
  readonly verdicts: readonly {
    readonly zone: string;
    readonly dataClass: DataClass;
    /** Null: refused. */
    readonly transfer: Transfer | null;
  }[];
};

/**
 * Follows all data from where it starts to where it ends. `components` has dependencies before
 * dependents; of a circle, which is refused anyway, nothing is said. What a refused flow carries
 * is followed further, so that one mistake never hides another.
 */
export function solveResidency(
  graph: ResourceGraph,
  placements: Placements,
  components: readonly (readonly RefKey[])[],
): Residency {
  const origins = new Map<RefKey, Origins>();
  const crossings: CrossingFlow[] = [];
  for (const [key, ...others] of components) {
    if (key === undefined || others.length > 0) continue;
    const zone = toZone(placements.get(key));
    if (zone === null) continue;
    const held = new Map<string, Origin>();
    const own = findOwnClass(graph.nodes.get(key) as Resource);
    if (own !== null) take(held, zone, { dataClass: own, by: null });
    for (const flow of listFlows(graph, key)) {
      const arriving = origins.get(flow.from);
      if (arriving === undefined) continue;
      for (const [from, origin] of arriving) take(held, from, { ...origin, by: flow });
      take(held, zone, { dataClass: findClass(arriving), by: flow });
      if (toZone(placements.get(flow.from)) !== zone) {
        crossings.push(judgeCrossing(graph, flow, zone, arriving));
      }
    }
    if (held.size === 0) continue;
    origins.set(key, held);
    for (const flow of listOutflows(graph, key)) {
      const to = toZone(placements.get(flow.to));
      if (to !== null && to !== zone) crossings.push(judgeCrossing(graph, flow, to, held));
    }
  }
  return { origins, crossings };
}

/** The class of a resource: that of the most sensitive thing in it. */
export function findClass(origins: Origins): DataClass {
  return [...origins.values()].map((one) => one.dataClass).reduce(joinClasses, 'public');
}

export function isRefused({ verdicts }: CrossingFlow): boolean {
  return verdicts.some(({ transfer }) => transfer === null);
}

/** The first way is kept among equals: the order of fields decides, and nothing else. */
function take(held: Map<string, Origin>, zone: string, origin: Origin): void {
  const known = held.get(zone);
  if (known !== undefined && isWithin(origin.dataClass, known.dataClass)) return;
  held.set(zone, origin);
}

/** Data starts in a source; whatever else there is has it from one. */
function findOwnClass({ ref, spec }: Resource): DataClass | null {
  if (ref.kind !== 'DataSource') return null;
  const { classification, columns } = spec as unknown as DataSourceSpec;
  const declared = classification ?? 'unclassified';
  return columns.some(({ pii }) => pii) ? joinClasses(declared, 'personal') : declared;
}

function judgeCrossing(
  graph: ResourceGraph,
  flow: Flow,
  to: string,
  arriving: Origins,
): CrossingFlow {
  const verdicts = [...arriving]
    .filter(([zone]) => zone !== to)
    .map(([zone, { dataClass }]) => ({
      zone,
      dataClass,
      transfer: findTransfer(listTransfers(graph, zone), { to, dataClass, form: flow.form }),
    }));
  return { flow, to, verdicts };
}
