import type { Oid } from '../contracts/git.ts';
import type { Ref } from '../contracts/ref.ts';
import type { Diagnostic } from '../spec/diagnostic.ts';
import type { Condition } from './condition.ts';

export type ResourceStatus = { readonly ref: Ref; readonly conditions: readonly Condition[] };

export type SourceStatus = {
  /** The commit that is in force. */
  readonly revision: Oid | null;
  /** The commit of main that was judged last: it is in force, or held. */
  readonly judged: Oid | null;
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
