import type { Instant } from '../../reconciler/core/contracts/instant.ts';

export type Violation = {
  readonly invariant: string;
  readonly message: string;
  /** Simulated milliseconds since the seed began. */
  readonly atMs: number;
};

/** What the invariants found out; the first violation ends the seed. */
export type Findings = {
  readonly reached: (invariant: string) => void;
  readonly violate: (invariant: string, message: string) => void;
  readonly violation: () => Violation | null;
  readonly countReached: () => ReadonlyMap<string, number>;
};

export function createFindings(
  clock: { readonly now: () => Instant; readonly startAt: Instant },
  onViolation: (violation: Violation) => void,
): Findings {
  const counts = new Map<string, number>();
  let first: Violation | null = null;
  return {
    reached: (invariant) => counts.set(invariant, (counts.get(invariant) ?? 0) + 1),
    violate: (invariant, message) => {
      if (first !== null) return;
      first = { invariant, message, atMs: Math.round(clock.now() - clock.startAt) };
      onViolation(first);
    },
    violation: () => first,
    countReached: () => counts,
  };
}
