import type { SealedRecord } from '../../reconciler/core/audit/record.ts';
import type { Fence } from '../../reconciler/core/contracts/fence.ts';
import type { VersionShare } from '../../reconciler/core/contracts/generated/route-table.generated.ts';
import type { Oid } from '../../reconciler/core/contracts/git.ts';
import type { NormalForm } from '../../reconciler/core/contracts/normal-form.ts';
import type { Ref } from '../../reconciler/core/contracts/ref.ts';
import type { PullEvent } from '../../reconciler/core/forge/pull-event.ts';
import type { Admission } from '../../reconciler/core/plan/admission.ts';
import type { Effect } from '../../reconciler/core/plan/effect.ts';
import type { Checkpoint } from '../../reconciler/ports/anchor.ts';
import type { LogEntry } from '../../reconciler/ports/log.ts';
import type { Observation } from '../../reconciler/ports/receiver.ts';
import type { Intent, TerminalOutcome } from '../../reconciler/ports/store.ts';

/** Which parts of the world check epochs, each on its own. */
export type FencedName = 'definitions' | 'executor' | 'store' | 'routes';

export type ReceiverName = 'definitions' | 'executor';

/** Why the simulation is where it is. */
export type Phase = 'disturbed' | 'one-hangs' | 'healed' | 'resting' | 'remarked' | 'ended';

type Told<Kind extends string, Rest> = { readonly kind: Kind; readonly zone: string } & Rest;

/**
 * What truly happened to the durable world, told by probes that sit right at it: below every
 * fault, so that a lost answer or a crashed caller hides nothing from the invariants.
 */
export type WorldEvent =
  | Told<'observed', { readonly actor: string; readonly receiver: ReceiverName; readonly ref: Ref }>
  | Told<
      'applied',
      {
        readonly actor: string;
        readonly receiver: ReceiverName;
        readonly fence: Fence;
        readonly effect: Effect;
        readonly target: NormalForm | null;
        readonly before: Observation;
        readonly after: Observation;
      }
    >
  | Told<
      'epoch-accepted',
      {
        readonly actor: string;
        readonly by: FencedName;
        readonly what: string;
        readonly epoch: number;
      }
    >
  | Told<
      'epoch-refused',
      { readonly actor: string; readonly by: FencedName; readonly epoch: number }
    >
  | Told<
      'intent-opened',
      {
        readonly actor: string;
        readonly fence: Fence;
        readonly intent: Intent;
        readonly isNew: boolean;
      }
    >
  | Told<
      'outcome-recorded',
      {
        readonly actor: string;
        readonly outcome: TerminalOutcome;
        readonly sealed: SealedRecord;
        readonly isNew: boolean;
      }
    >
  | Told<
      'admitted',
      { readonly actor: string; readonly admission: Admission; readonly previous: Admission | null }
    >
  | Told<'ledgered', { readonly seq: number; readonly commit: Oid }>
  | Told<'appended', { readonly actor: string; readonly before: Oid | null; readonly after: Oid }>
  | Told<'anchored', { readonly checkpoint: Checkpoint }>
  | Told<'logged', { readonly actor: string; readonly entry: LogEntry }>
  | Told<'weighed', { readonly versions: readonly VersionShare[]; readonly revision: number }>
  /** A node has truly taken a table of routes. */
  | Told<'acknowledged', { readonly revision: number; readonly loaded: readonly string[] }>
  | Told<'pulled', { readonly event: PullEvent }>
  | Told<'phase', { readonly phase: Phase }>;

/** An act that was already done is answered, not repeated. */
export function isExecution(event: Extract<WorldEvent, { kind: 'applied' }>): boolean {
  return event.before.lastEffectId !== event.effect.id;
}
