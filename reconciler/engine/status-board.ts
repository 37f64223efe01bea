import { compareRefs, type Ref, type RefKey, toRefKey } from '../core/contracts/ref.ts';
import type { Condition } from '../core/status/condition.ts';
import type { ResourceStatus, ZoneStatus } from '../core/status/zone-status.ts';

/** The one writer of a zone's status. Steps return outcomes; only this turns them into status. */
export type StatusBoard = {
  readonly read: () => ZoneStatus;
  readonly set: (change: Partial<Omit<ZoneStatus, 'zone' | 'resources'>>) => void;
  readonly setConditions: (ref: Ref, conditions: readonly Condition[]) => void;
  readonly forgetResources: () => void;
};

export function createStatusBoard(zone: string): StatusBoard {
  const resources = new Map<RefKey, ResourceStatus>();
  let head: Omit<ZoneStatus, 'resources'> = {
    zone,
    role: 'starting',
    epoch: null,
    source: { revision: null, judged: null, held: null, diagnostics: [] },
    isConverged: false,
    trouble: null,
  };
  return {
    read: () => ({
      ...head,
      resources: [...resources.values()].sort((a, b) => compareRefs(a.ref, b.ref)),
    }),
    set: (change) => {
      head = { ...head, ...change };
    },
    setConditions: (ref, conditions) => {
      if (conditions.length === 0) resources.delete(toRefKey(ref));
      else resources.set(toRefKey(ref), { ref, conditions });
    },
    forgetResources: () => resources.clear(),
  };
}
