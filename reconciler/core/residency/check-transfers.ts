import { toRefKey } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import type { ResourceGraph } from '../graph/resource-graph.ts';
import { createSuggester, type Suggest } from '../graph/suggester.ts';
import type { PlatformSpec } from '../spec/generated/platform.generated.ts';
import type { Resource } from '../spec/resource.ts';
import { findTransfer, listTransfers, locateTransfers, toTransferText } from './residency-rules.ts';

/**
 * Zones may allow each other things in a circle, so their names are no references of the graph, and
 * are looked up here: those of transfers, and the one where the repository is kept.
 */
export function checkTransfers(graph: ResourceGraph): readonly GraphProblem[] {
  const zones = [...graph.nodes.values()].filter(({ ref }) => ref.kind === 'Zone');
  const names = zones.map(({ ref }) => ref.name);
  const known: KnownZones = { names, isKnown: new Set(names), suggest: createSuggester() };
  const platforms = [...graph.nodes.values()].filter(({ ref }) => ref.kind === 'Platform');
  return [
    ...zones.flatMap((zone) => checkDestinations(graph, zone, known)),
    ...platforms.flatMap((platform) => checkRepository(graph, platform, known)),
  ];
}

/** As many as a hint may tell; who has more of them knows where to look. */
const MAX_NAMES = 20;

type KnownZones = {
  readonly names: readonly string[];
  readonly isKnown: ReadonlySet<string>;
  readonly suggest: Suggest;
};

function checkDestinations(
  graph: ResourceGraph,
  zone: Resource,
  known: KnownZones,
): readonly GraphProblem[] {
  return listTransfers(graph, zone.ref.name).flatMap(({ to }, index) => {
    const pointer = `/spec/transfers/${index}/to`;
    if (to === zone.ref.name) {
      const message = `Zone "${to}" needs no transfer to itself`;
      return [toProblem('P207', zone, pointer, message, 'remove it: what is in a zone may stay')];
    }
    return known.isKnown.has(to) ? [] : [toUnknownZone(zone, pointer, to, known)];
  });
}

/** The audit trail of each zone is pushed there: no rows, no persons, but evidence all the same. */
function checkRepository(
  graph: ResourceGraph,
  platform: Resource,
  known: KnownZones,
): readonly GraphProblem[] {
  const { repositoryZone: home } = platform.spec as unknown as PlatformSpec;
  const pointer = '/spec/repositoryZone';
  if (home === undefined) return [];
  if (!known.isKnown.has(home)) return [toUnknownZone(platform, pointer, home, known)];
  return known.names.flatMap((zone): readonly GraphProblem[] => {
    const asked = { to: home, dataClass: 'internal', form: 'evidence' } as const;
    if (zone === home || findTransfer(listTransfers(graph, zone), asked) !== null) return [];
    const message = `the audit trail of zone "${zone}" may not go to zone "${home}", where the repository is kept (internal)`;
    const hint = `keep the repository in no zone in particular, or have the owners of Zone "${zone}" add to its transfers: ${toTransferText(asked)}`;
    const problem = toProblem('P208', platform, pointer, message, hint);
    const related = locateTransfers(graph, zone);
    return [{ ...problem, diagnostic: { ...problem.diagnostic, related } }];
  });
}

function toUnknownZone(
  resource: Resource,
  pointer: string,
  name: string,
  { names, suggest }: KnownZones,
): GraphProblem {
  const nearest = suggest(name, names);
  const hint =
    nearest === null
      ? `zones: ${names.slice(0, MAX_NAMES).join(', ')}`
      : `did you mean "${nearest}"?`;
  return toProblem('P202', resource, pointer, `there is no Zone called "${name}"`, hint);
}

function toProblem(
  code: 'P202' | 'P207' | 'P208',
  resource: Resource,
  pointer: string,
  message: string,
  hint: string,
): GraphProblem {
  const location = locateField(resource, pointer);
  return {
    refs: [toRefKey(resource.ref)],
    diagnostic: { code, severity: 'error', message, location, hint },
  };
}
