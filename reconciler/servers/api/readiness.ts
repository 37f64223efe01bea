import type { ZoneStatus } from '../../core/status/zone-status.ts';

export type NotReady = { readonly zone: string | null; readonly why: string };

/**
 * Ready means that this process does its part: it leads a zone with a revision in force, or stands
 * by for whoever does. A newer revision that is held back is a matter of its authors, not of this
 * process, and so is work in progress: both are in the status.
 */
export function listNotReady(zones: readonly ZoneStatus[]): readonly NotReady[] {
  if (zones.length === 0) return [{ zone: null, why: 'no zone is open yet' }];
  return zones.flatMap((status) => {
    const why = whyNotReady(status);
    return why === null ? [] : [{ zone: status.zone, why }];
  });
}

function whyNotReady({ role, source, trouble }: ZoneStatus): string | null {
  switch (role) {
    case 'starting':
      return 'starting';
    case 'stopped':
      return 'stopped';
    case 'standby':
      return trouble;
    case 'leader':
      return source.revision === null ? (source.held ?? 'no revision is in force yet') : null;
  }
}
