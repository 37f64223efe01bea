import { PLATFORM_NAMESPACE, toRefKey } from '../contracts/ref.ts';
import { locateField } from '../graph/locate-field.ts';
import type { ResourceGraph } from '../graph/resource-graph.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { ZoneSpec } from '../spec/generated/zone.generated.ts';
import type { DataForm } from '../spec/kind-facts.ts';
import type { Resource } from '../spec/resource.ts';
import { type DataClass, isWithin } from './data-class.ts';

export type Transfer = NonNullable<ZoneSpec['transfers']>[number];

/** What is asked of a zone: may this go from you to there? */
type Asked = {
  readonly to: string;
  readonly dataClass: DataClass;
  readonly form: DataForm;
};

/** Default deny: a zone lets out what one of its transfers names, and nothing else. */
export function findTransfer(
  transfers: readonly Transfer[],
  { to, dataClass, form }: Asked,
): Transfer | null {
  return (
    transfers.find(
      (transfer) =>
        transfer.to === to && transfer.carries.includes(form) && isWithin(dataClass, transfer.upTo),
    ) ?? null
  );
}

/** The transfer that would allow it, as it would be written. */
export function toTransferText({ to, dataClass, form }: Asked): string {
  return `{to: ${to}, upTo: ${dataClass}, carries: [${form}], legalBasis: …}`;
}

export function listTransfers(graph: ResourceGraph, zone: string): readonly Transfer[] {
  const spec = findZone(graph, zone)?.spec as unknown as ZoneSpec | undefined;
  return spec?.transfers ?? [];
}

/** Where a zone says what may leave it; nowhere for a zone that there is not. */
export function locateTransfers(
  graph: ResourceGraph,
  zone: string,
): NonNullable<Diagnostic['related']> {
  const resource = findZone(graph, zone);
  if (resource === undefined) return [];
  const location = locateField(resource, '/spec/transfers');
  return [{ message: `the transfers of Zone "${zone}"`, location }];
}

function findZone(graph: ResourceGraph, name: string): Resource | undefined {
  return graph.nodes.get(toRefKey({ kind: 'Zone', namespace: PLATFORM_NAMESPACE, name }));
}
