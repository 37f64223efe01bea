import type { SeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { drawBetween, drawChance, drawInteger, drawOne } from './draw.ts';

/**
 * What one seed is about. The vector is drawn before anything else, and most faults are absent
 * from most seeds: always everything at once would hide what needs two faults and peace otherwise.
 */
export type Swarm = {
  readonly zones: number;
  readonly processesPerZone: number;
  readonly people: PeopleOptions;
  readonly faults: FaultOptions;
  readonly settings: SettingOptions;
  /** Whether one resource hangs or fails for good while the rest must converge. */
  readonly isolation: 'none' | 'hung-apply' | 'hung-observe' | 'failing' | 'broken-file';
  /** Whether the last commits are pushed while faults still rage. */
  readonly repairBeforeHeal: boolean;
  /** One model's life in the first zone; null in seeds that are about rules alone. */
  readonly serving: ServingOptions | null;
};

export type ServingOptions = {
  readonly releaseApproval: 'person' | 'none';
  readonly meanGapMs: number;
  readonly hintChance: number;
  /** How likely a version that passed its gates fails in life. */
  readonly badVersions: number;
  readonly nodeOutagesPerMinute: number;
  readonly windowSeconds: number;
};

export type PeopleOptions = {
  readonly targets: number;
  readonly environments: number;
  readonly namespaces: number;
  readonly commits: number;
  readonly meanGapMs: number;
  /** How likely a push is announced; a reconciler that hears nothing finds it by polling. */
  readonly hintChance: number;
  readonly breakChance: number;
  readonly flipBackChance: number;
  readonly massRemovalChance: number;
  readonly forcePushChance: number;
  /** How likely somebody who sees an effect interrupted changes their mind about its resource. */
  readonly changeOfMindChance: number;
  readonly deletionCapPercent: number;
};

/** Chances are per port call unless their name says otherwise. */
export type FaultOptions = {
  readonly lost: number;
  readonly unknown: number;
  readonly doubled: number;
  readonly slow: number;
  readonly slowMs: number;
  readonly hung: number;
  readonly policyErrors: number;
  /** At each of the three points of an effect: before it, after it, after its outcome. */
  readonly crashAtEffect: number;
  readonly crashAnywhere: number;
  /** How likely a crashed process's last message still arrives, later. */
  readonly afterlife: number;
  readonly pause: number;
  readonly pauseMs: number;
  readonly restartMs: number;
  readonly outagesPerMinute: number;
  readonly outageMs: number;
  readonly stopsPerMinute: number;
  readonly tampersPerMinute: number;
  readonly pacesPerMinute: number;
  /** What a process knows about the death of others; a wrong rumour kills a lease, not a process. */
  readonly obituaries: 'none' | 'right' | 'rumours';
};

export type SettingOptions = {
  readonly leaseTtlMs: number;
  readonly pollMs: number;
  readonly resyncMs: number;
  readonly workers: number;
  readonly slowEffectMs: number;
  readonly observeMs: number;
  readonly maxBacklogRows: number;
  readonly maxBacklogAgeMs: number;
  readonly anchorEveryRecords: number;
  readonly anchorEveryMs: number;
};

/** The slowest answer that still comes. */
export const MAX_SLOW_MS = 20_000;

export function drawSwarm(randomness: SeededRandomness): Swarm {
  const serving = drawServing(randomness.fork('serving'));
  const hasTwoZones = drawChance(randomness, 0.25);
  return {
    // A trainer belongs to all zones, and only one has programs to train with.
    zones: hasTwoZones && serving === null ? 2 : 1,
    processesPerZone: drawOne(randomness, [1, 1, 2, 2, 3]),
    people: drawPeople(randomness),
    faults: drawFaults(randomness),
    settings: drawSettings(randomness),
    isolation: drawOne(randomness, [
      'none',
      'none',
      'hung-apply',
      'hung-observe',
      'failing',
      'broken-file',
    ]),
    repairBeforeHeal: drawChance(randomness, 0.4),
    serving,
  };
}

/** Every fourth seed; such a life is long and has many calls. */
function drawServing(randomness: Randomness): ServingOptions | null {
  const isDrawn = drawChance(randomness, 0.25);
  const options: ServingOptions = {
    releaseApproval: drawOne(randomness, ['person', 'none']),
    meanGapMs: drawBetween(randomness, 2_000, 10_000),
    hintChance: drawOne(randomness, [0, 0.5, 1, 1]),
    badVersions: drawOne(randomness, [0, 0.3, 0.6]),
    nodeOutagesPerMinute: sometimes(randomness, 3),
    windowSeconds: drawOne(randomness, [5, 10, 30]),
  };
  return isDrawn ? options : null;
}

function drawPeople(randomness: Randomness): PeopleOptions {
  return {
    targets: drawInteger(randomness, 1, 3),
    environments: drawInteger(randomness, 0, 2),
    namespaces: drawInteger(randomness, 0, 2),
    commits: drawInteger(randomness, 5, 15),
    meanGapMs: drawBetween(randomness, 500, 20_000),
    hintChance: drawOne(randomness, [0, 0.5, 1, 1]),
    breakChance: sometimes(randomness, 0.3),
    flipBackChance: sometimes(randomness, 0.4),
    massRemovalChance: sometimes(randomness, 0.2),
    forcePushChance: drawChance(randomness, 0.15) ? 0.15 : 0,
    changeOfMindChance: drawOne(randomness, [0, 0.5, 1]),
    deletionCapPercent: drawOne(randomness, [0, 20, 50, 100, 100]),
  };
}

function drawFaults(randomness: Randomness): FaultOptions {
  return {
    lost: sometimes(randomness, 0.1),
    unknown: sometimes(randomness, 0.1),
    doubled: sometimes(randomness, 0.3),
    slow: sometimes(randomness, 0.3),
    slowMs: drawOne(randomness, [50, 2_000, MAX_SLOW_MS]),
    hung: sometimes(randomness, 0.05),
    policyErrors: sometimes(randomness, 0.2),
    crashAtEffect: sometimes(randomness, 0.2),
    crashAnywhere: sometimes(randomness, 0.01),
    afterlife: drawOne(randomness, [0, 0.8, 1, 1]),
    pause: sometimes(randomness, 0.01),
    pauseMs: drawBetween(randomness, 0, 5 * 15_000),
    restartMs: drawOne(randomness, [0, 1_000, 30_000]),
    outagesPerMinute: sometimes(randomness, 2),
    outageMs: drawOne(randomness, [1_000, 15_000, 60_000]),
    stopsPerMinute: sometimes(randomness, 1),
    tampersPerMinute: sometimes(randomness, 6),
    pacesPerMinute: sometimes(randomness, 3),
    obituaries: drawOne(randomness, ['none', 'none', 'right', 'rumours']),
  };
}

function drawSettings(randomness: Randomness): SettingOptions {
  return {
    leaseTtlMs: drawOne(randomness, [3_000, 15_000, 15_000]),
    pollMs: drawOne(randomness, [5_000, 30_000]),
    resyncMs: drawOne(randomness, [15_000, 60_000]),
    workers: drawInteger(randomness, 1, 4),
    slowEffectMs: drawOne(randomness, [500, 5_000]),
    observeMs: drawOne(randomness, [1_000, 10_000]),
    maxBacklogRows: drawOne(randomness, [1, 4, 2_000]),
    maxBacklogAgeMs: drawOne(randomness, [5_000, 60_000]),
    anchorEveryRecords: drawOne(randomness, [1, 3, 256]),
    anchorEveryMs: 10_000,
  };
}

/** Absent from half of the seeds, and up to `most` in the others. */
function sometimes(randomness: Randomness, most: number): number {
  const share = randomness.fraction();
  return share < 0.5 ? 0 : most * (share - 0.5) * 2;
}
