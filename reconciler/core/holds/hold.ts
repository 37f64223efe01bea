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
  readonly resources: readonly HoldEntry[];
};

export type HoldEntry = HoldSpec['resources'][number];

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

/** Holds by what an entry of theirs says, so that a resource is asked about a few times, not once for each hold. */
export type HoldIndex = ReadonlyMap<string, readonly Hold[]>;

export function indexHolds(holds: readonly Hold[]): HoldIndex {
  const index = new Map<string, Hold[]>();
  for (const hold of holds) {
    for (const reading of new Set(hold.resources.map(toReading))) {
      const known = index.get(reading);
      if (known === undefined) index.set(reading, [hold]);
      else known.push(hold);
    }
  }
  return index;
}

/** The hold that keeps a resource as it is at a moment; of several the one that lasts longest. */
export function findHold(index: HoldIndex, ref: Ref, now: Instant): Hold | null {
  if (index.size === 0) return null;
  let longest: Hold | null = null;
  for (const reading of listReadings(ref)) {
    for (const hold of index.get(reading) ?? []) {
      if (isInForce(hold, now) && (longest === null || hold.until > longest.until)) longest = hold;
    }
  }
  return longest;
}

export function isExpired({ until }: Hold, now: Instant): boolean {
  return until <= now;
}

function isInForce(hold: Hold, now: Instant): boolean {
  return !isExpired(hold, now) && (hold.from === null || hold.from <= now);
}

/** What an entry says, with a star for what it leaves open. */
export function toReading({ kind, namespace, name }: HoldEntry): string {
  return [kind, namespace, name].map((part) => part ?? '*').join('/');
}

/** Every entry that would hold a resource. */
export function listReadings({ kind, namespace, name }: Ref): readonly string[] {
  if (UNHELD_KINDS.has(kind)) return [];
  return [kind, '*'].flatMap((first) =>
    [namespace, '*'].flatMap((second) => [name, '*'].map((third) => `${first}/${second}/${third}`)),
  );
}
