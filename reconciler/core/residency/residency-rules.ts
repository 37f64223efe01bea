import { PLATFORM_NAMESPACE, toRefKey } from '../contracts/ref.ts';
import type { ResourceGraph } from '../graph/resource-graph.ts';
import type { ZoneSpec } from '../spec/generated/zone.generated.ts';
import type { DataForm } from '../spec/kind-facts.ts';
import { type DataClass, isWithin } from './data-class.ts';

export type Transfer = NonNullable<ZoneSpec['transfers']>[number];

/** What is asked of a zone: may this go from you to there? */
export type Crossing = {
  readonly from: string;
  readonly to: string;
  readonly dataClass: DataClass;
  readonly form: DataForm;
};

/** Default deny: a zone lets out what one of its transfers names, and nothing else. */
export function findTransfer(
  transfers: readonly Transfer[],
  { to, dataClass, form }: Omit<Crossing, 'from'>,
): Transfer | null {
  return (
    transfers.find(
      (transfer) =>
        transfer.to === to && transfer.carries.includes(form) && isWithin(dataClass, transfer.upTo),
    ) ?? null
  );
}

export function listTransfers(graph: ResourceGraph, zone: string): readonly Transfer[] {
  const key = toRefKey({ kind: 'Zone', namespace: PLATFORM_NAMESPACE, name: zone });
  const spec = graph.nodes.get(key)?.spec as unknown as ZoneSpec | undefined;
  return spec?.transfers ?? [];
}
