import type { RefKey } from '../contracts/ref.ts';
import type { Flow } from './list-flows.ts';
import type { Residency } from './solve-residency.ts';

/** The hops by which what one zone has a say in came to a resource, the first hop first. */
export function traceLineage({ origins }: Residency, key: RefKey, zone: string): readonly Flow[] {
  const hops: Flow[] = [];
  let at = key;
  for (let by = origins.get(at)?.get(zone)?.by; by; by = origins.get(at)?.get(zone)?.by) {
    hops.push(by);
    at = by.from;
  }
  return hops.reverse();
}
