import type { Oid } from '../core/contracts/git.ts';
import { compareRefs, type Ref, type RefKey, toRefKey } from '../core/contracts/ref.ts';
import type { Diagnostic } from '../core/spec/diagnostic.ts';
import type { Condition } from '../core/status/condition.ts';

export type ResourceStatus = { readonly ref: Ref; readonly conditions: readonly Condition[] };

export type SourceStatus = {
  /** The commit that is in force. */
  readonly revision: Oid | null;
  /** Why a newer commit is not in force; null when there is none. */
  readonly held: string | null;
  readonly diagnostics: readonly Diagnostic[];
};

export type ZoneStatus = {
  readonly zone: string;
  readonly role: 'starting' | 'standby' | 'leader' | 'stopped';
  readonly epoch: number | null;
  readonly source: SourceStatus;
  /** True when nothing is left to do: every key is worked and every record is in Git. */
  readonly isConverged: boolean;
  readonly resources: readonly ResourceStatus[];
  /** What stopped the last term, for people. */
  readonly trouble: string | null;
};

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
    source: { revision: null, held: null, diagnostics: [] },
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
