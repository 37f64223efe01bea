import type { Instant } from '../../reconciler/core/contracts/instant.ts';
import type { RefKey } from '../../reconciler/core/contracts/ref.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { drawBetween, drawChance } from './draw.ts';
import type { PortCall, PortName } from './gate.ts';
import type { Swarm } from './swarm.ts';

/** What becomes of one call. `before`: the call itself never arrived, or arrives only later. */
export type Fate =
  | { readonly kind: 'arrives' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'answer-lost' }
  | { readonly kind: 'doubled' }
  | { readonly kind: 'slow'; readonly delayMs: number; readonly isBefore: boolean }
  | { readonly kind: 'hung'; readonly isBefore: boolean }
  | { readonly kind: 'pause'; readonly durationMs: number }
  | {
      readonly kind: 'crash';
      readonly isBefore: boolean;
      /** How long its last message is still under way; null when it never left. */
      readonly afterlifeMs: number | null;
    };

/** One resource whose calls go wrong for good, while all others are spared. */
export type Isolation = {
  readonly zone: string;
  readonly key: RefKey;
  readonly mode: 'hung-apply' | 'hung-observe' | 'failing';
};

export type Faults = {
  readonly decide: (call: PortCall) => Fate;
  /** Nothing goes wrong any more, but for what `isolate` says. */
  readonly calm: () => void;
  readonly isCalm: () => boolean;
  readonly isolate: (isolation: Isolation | null) => void;
  /** Until then every call to the port of that zone is lost. */
  readonly breakPort: (zone: string, port: PortName, until: Instant) => void;
};

const ARRIVES: Fate = { kind: 'arrives' };

/** Calls that may take for ever; a disk that hangs keeps the ledger from being written. */
const MAY_HANG = new Set(['observe', 'apply', 'append']);

/** To fall asleep just before an effect, and wake up when another leads, is the hardest case. */
const APPLY_PAUSE_WEIGHT = 10;

/**
 * A crashed process's last message arrives after so many lives of a lease: about when another one
 * begins to lead, for then it can do the most harm.
 */
const AFTERLIFE_LEASES = { least: 0.3, most: 2.5 };

/** Calls that a driver may send twice without its caller knowing. */
const REPEATABLE = new Set(['apply', 'raiseFence', 'openIntent', 'recordOutcome', 'markLedgered']);

/** Writes are few among many reads, and what happens to them matters most. */
const WRITES = new Set(['apply', 'admit', 'openIntent', 'recordOutcome', 'append', 'markLedgered']);
const WRITE_WEIGHT = 3;

export function createFaults(
  { faults: options, settings: { leaseTtlMs } }: Swarm,
  randomness: Randomness,
  now: () => Instant,
): Faults {
  let isCalm = false;
  let isolation: Isolation | null = null;
  const outages = new Map<string, Instant>();
  const chance = (probability: number) => drawChance(randomness, probability);

  const decideCrash = (call: PortCall): Fate | null => {
    const crash = (isBefore: boolean): Fate => {
      const isUnderWay = isBefore && chance(options.afterlife);
      const leases = drawBetween(randomness, AFTERLIFE_LEASES.least, AFTERLIFE_LEASES.most);
      const afterlifeMs = isUnderWay ? leases * leaseTtlMs : null;
      return { kind: 'crash', isBefore, afterlifeMs };
    };
    if (call.method === 'apply' && chance(options.crashAtEffect)) return crash(true);
    const ends = call.method === 'apply' || call.method === 'recordOutcome';
    if (ends && chance(options.crashAtEffect)) return crash(false);
    return chance(options.crashAnywhere) ? crash(chance(0.5)) : null;
  };

  const decideMessage = (call: PortCall): Fate => {
    if (call.port === 'policy' && chance(options.policyErrors)) return { kind: 'lost' };
    const weight = WRITES.has(call.method) ? WRITE_WEIGHT : 1;
    if (chance(options.lost * weight)) return { kind: 'lost' };
    if (chance(options.unknown * weight)) return { kind: 'answer-lost' };
    if (REPEATABLE.has(call.method) && chance(options.doubled)) return { kind: 'doubled' };
    if (chance(options.slow)) {
      const delayMs = options.slowMs * randomness.fraction();
      return { kind: 'slow', delayMs, isBefore: chance(0.5) };
    }
    if (MAY_HANG.has(call.method) && chance(options.hung * weight)) {
      return { kind: 'hung', isBefore: chance(0.5) };
    }
    return ARRIVES;
  };

  return {
    decide: (call) => {
      const fate = isolation === null ? null : decideIsolated(isolation, call);
      if (fate !== null || isCalm) return fate ?? ARRIVES;
      if (now() < (outages.get(`${call.zone} ${call.port}`) ?? 0)) return { kind: 'lost' };
      const crash = decideCrash(call);
      if (crash !== null) return crash;
      if (chance(options.pause * (call.method === 'apply' ? APPLY_PAUSE_WEIGHT : 1))) {
        return { kind: 'pause', durationMs: options.pauseMs * randomness.fraction() };
      }
      return decideMessage(call);
    },
    calm: () => {
      isCalm = true;
    },
    isCalm: () => isCalm,
    isolate: (next) => {
      isolation = next;
    },
    breakPort: (zone, port, until) => outages.set(`${zone} ${port}`, until),
  };
}

function decideIsolated({ zone, key, mode }: Isolation, call: PortCall): Fate | null {
  if (call.zone !== zone || call.subject !== key) return null;
  if (call.method === 'apply') {
    return mode === 'failing' ? { kind: 'lost' } : { kind: 'hung', isBefore: true };
  }
  const isBlind = call.method === 'observe' && mode === 'hung-observe';
  return isBlind ? { kind: 'hung', isBefore: true } : null;
}
