import { type RefKey, toKeyTitle } from '../contracts/ref.ts';
import type { GraphProblem } from '../graph/check-references.ts';
import { locateField } from '../graph/locate-field.ts';
import type { ResourceGraph } from '../graph/resource-graph.ts';
import type { SourceLocation } from '../spec/diagnostic.ts';
import { toPrintable } from '../spec/printable.ts';
import type { Resource } from '../spec/resource.ts';
import type { Flow } from './list-flows.ts';
import { locateTransfers, toTransferText } from './residency-rules.ts';
import type { CrossingFlow, Residency } from './solve-residency.ts';
import { traceLineage } from './trace-lineage.ts';

/** A way of more hops than this is told by its ends. */
const MAX_TOLD_HOPS = 12;

/** Flows that a zone does not allow: each with its whole way, and with what would allow it. */
export function checkResidency(
  graph: ResourceGraph,
  residency: Residency,
): readonly GraphProblem[] {
  return residency.crossings.flatMap((crossing) => {
    const refused = crossing.verdicts.find(({ transfer }) => transfer === null);
    return refused === undefined ? [] : [toProblem(graph, residency, crossing, refused)];
  });
}

function toProblem(
  graph: ResourceGraph,
  residency: Residency,
  { flow, to }: CrossingFlow,
  { zone, dataClass }: CrossingFlow['verdicts'][number],
): GraphProblem {
  const hops = [...traceLineage(residency, flow.from, zone), flow];
  const way = [hops[0]?.from ?? flow.from, ...hops.map((hop) => hop.to)].map(toKeyTitle);
  const message = `${FORMS[flow.form]} may not go from zone "${zone}" to zone "${to}" (${dataClass}): ${toWayText(way)}`;
  const allowing = toTransferText({ to, dataClass, form: flow.form });
  const hint =
    dataClass === 'unclassified'
      ? `say how sensitive the rows are, by "classification" of ${way[0]}; until then nothing of them leaves the zone`
      : `use it in its own zone, or have the owners of Zone "${zone}" add to its transfers: ${allowing}`;
  return {
    refs: [flow.holder],
    diagnostic: {
      code: 'P208',
      severity: 'error',
      message,
      location: locate(graph, flow.holder, flow.pointer),
      hint,
      related: listPlaces(graph, hops, zone),
    },
  };
}

const FORMS = { rows: 'rows', models: 'a model', evidence: 'evidence' } as const;

function toWayText(way: readonly string[]): string {
  const shown =
    way.length > MAX_TOLD_HOPS ? [...way.slice(0, MAX_TOLD_HOPS - 1), '…', way.at(-1)] : way;
  return toPrintable(shown.join(' → '), 1024);
}

/** Where the data starts, then the field that makes each hop, then the zone that would have to allow it. */
function listPlaces(graph: ResourceGraph, hops: readonly Flow[], zone: string) {
  const first = hops[0]?.from;
  const starts =
    first === undefined
      ? []
      : [
          {
            message: `${toKeyTitle(first)} holds it`,
            location: locate(graph, first, '/spec/classification'),
          },
        ];
  const passed = hops.slice(0, MAX_TOLD_HOPS).flatMap((hop) => listHopPlaces(graph, hop));
  return [...starts, ...passed, ...locateTransfers(graph, zone)];
}

function listHopPlaces(graph: ResourceGraph, { from, to, holder, pointer, through }: Flow) {
  const act =
    holder === to
      ? `${toKeyTitle(to)} takes it from ${toKeyTitle(from)} here`
      : `${toKeyTitle(from)} writes it to ${toKeyTitle(to)} here`;
  const own = { message: act, location: locate(graph, holder, pointer) };
  if (through === null) return [own];
  const { model } = through;
  const message = `${toKeyTitle(model)} looks it up here`;
  return [own, { message, location: locate(graph, model, through.pointer) }];
}

function locate(graph: ResourceGraph, key: RefKey, pointer: string): SourceLocation {
  return locateField(graph.nodes.get(key) as Resource, pointer);
}
