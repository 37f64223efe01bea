import type { ZoneStatus } from '../../../core/status/zone-status.ts';
import type { StatusSource } from '../../../ports/status-source.ts';

/** Reconcilers of the same process, by the port they would listen on. */
export function createMemoryStatusSource(
  running: ReadonlyMap<number, () => readonly ZoneStatus[]>,
): StatusSource {
  return { read: async (port) => running.get(port)?.() ?? null };
}
