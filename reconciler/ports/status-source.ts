import type { ZoneStatus } from '../core/status/zone-status.ts';

/** The status of a reconciler that runs in another process of this machine. */
export interface StatusSource {
  /** Null when nothing answers there as a reconciler; bounded in time and size. */
  read(port: number): Promise<readonly ZoneStatus[] | null>;
}
