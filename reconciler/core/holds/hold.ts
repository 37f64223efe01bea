import { type Instant, parseRfc3339 } from '../contracts/instant.ts';
import type { NormalForm } from '../contracts/normal-form.ts';
import type { Ref } from '../contracts/ref.ts';
import type { HoldSpec } from '../spec/generated/hold.generated.ts';
import { toTypedSpec } from '../spec/typed-spec.ts';

/** A declared pause, as far as time and resources go. */
export type Hold = {
  readonly name: string;
  readonly reason: string;
  readonly owner: string;
  /** Null: from the beginning. */
  readonly from: Instant | null;
  readonly until: Instant;
  readonly resources: HoldSpec['resources'];
};

/** Rules by which everything is judged: were they held, a hold could never be lifted. */
const UNHELD_KINDS = new Set(['Platform', 'Zone', 'Hold', 'Policy']);

export function listHolds(forms: readonly NormalForm[]): readonly Hold[] {
  return forms.filter(({ kind }) => kind === 'Hold').map(toHold);
}

function toHold(form: NormalForm): Hold {
  const { reason, owner, from, until, resources } = toTypedSpec(form, 'Hold');
  return {
    name: form.metadata.name,
    reason,
    owner,
    from: from === undefined ? null : toInstant(from),
    until: toInstant(until),
    resources,
  };
}

function toInstant(text: string): Instant {
  const instant = parseRfc3339(text);
  if (instant === null) throw new Error(`not a moment: ${text}`);
  return instant;
}

/** The hold that keeps a resource as it is at a moment; of several the one that lasts longest. */
export function findHold(holds: readonly Hold[], ref: Ref, now: Instant): Hold | null {
  const found = holds.filter((hold) => isInForce(hold, now) && isHeld(hold.resources, ref));
  return found.reduce<Hold | null>(
    (longest, hold) => (longest === null || hold.until > longest.until ? hold : longest),
    null,
  );
}

export function isExpired({ until }: Hold, now: Instant): boolean {
  return until <= now;
}

function isInForce(hold: Hold, now: Instant): boolean {
  return !isExpired(hold, now) && (hold.from === null || hold.from <= now);
}

export function isHeld(entries: HoldSpec['resources'], ref: Ref): boolean {
  if (UNHELD_KINDS.has(ref.kind)) return false;
  return entries.some(
    ({ kind, namespace, name }) =>
      (kind ?? ref.kind) === ref.kind &&
      (namespace ?? ref.namespace) === ref.namespace &&
      (name ?? ref.name) === ref.name,
  );
}
