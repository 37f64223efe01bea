import { createHash } from 'node:crypto';
import { INVARIANTS } from './invariants/all.ts';
import { createParseOnce } from './parse-once.ts';
import { NOTHING_PLANTED } from './planted/plant.ts';
import { type SeedResult, simulateSeed } from './simulate-seed.ts';

/** Judged by the run itself and not by a watch. */
const LIVENESS = ['I-30', 'I-32'];

/** Below this many seeds nobody can expect that everything was put to the test. */
const SEEDS_THAT_REACH_ALL = 200;

/** One seed in so many is run twice, to see that it does the same again. */
const REPLAY_EVERY = 50;

export type CampaignInput = {
  readonly firstSeed: number;
  readonly seeds: number;
  /** Called after each seed; it may let others use the thread. */
  readonly onSeed?: (result: SeedResult) => void | Promise<void>;
};

export type CampaignReport = {
  readonly seeds: number;
  readonly firstSeed: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly ticks: number;
  readonly simulatedMs: number;
  readonly events: number;
  readonly executions: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly distinctTraces: number;
  readonly replayed: number;
  readonly reached: Readonly<Record<string, number>>;
  readonly unreached: readonly string[];
  readonly traceSha256: string;
  readonly violations: number;
  readonly violation: ReportedViolation | null;
};

export type ReportedViolation = {
  readonly seed: number;
  readonly invariant: string;
  readonly message: string;
  readonly atMs: number;
  readonly replay: string;
};

export async function runCampaign(input: CampaignInput): Promise<CampaignReport> {
  const results: SeedResult[] = [];
  const violations: ReportedViolation[] = [];
  const parse = createParseOnce();
  let replayed = 0;
  for (let seed = input.firstSeed; seed < input.firstSeed + input.seeds; seed += 1) {
    const result = await simulateSeed({ seed, plant: NOTHING_PLANTED, parse });
    results.push(result);
    if (result.violation !== null) violations.push(toReported(seed, result.violation));
    if (seed % REPLAY_EVERY === 0) {
      replayed += 1;
      const again = await simulateSeed({ seed, plant: NOTHING_PLANTED, parse });
      if (again.digest !== result.digest) violations.push(toReported(seed, toMismatch(result)));
    }
    await input.onSeed?.(result);
  }
  return summarise(input, results, violations, replayed);
}

function toReported(
  seed: number,
  violation: { readonly invariant: string; readonly message: string; readonly atMs: number },
): ReportedViolation {
  return { seed, ...violation, replay: `npm run -s sim -- --seeds 1 --seed ${seed} --verbose` };
}

function toMismatch({ simulatedMs }: SeedResult) {
  const message = 'the same seed gave two different traces';
  return { invariant: 'I-35', message, atMs: simulatedMs };
}

function summarise(
  { firstSeed, seeds }: CampaignInput,
  results: readonly SeedResult[],
  violations: readonly ReportedViolation[],
  replayed: number,
): CampaignReport {
  const sum = (read: (result: SeedResult) => number) =>
    results.reduce((total, result) => total + read(result), 0);
  const reached = addUp(results.map((result) => result.reached));
  if (replayed > 0) reached['I-35'] = replayed;
  const digests = results.map((result) => result.digest);
  return {
    seeds,
    firstSeed,
    options: describeOptions(results),
    ticks: sum((result) => result.ticks),
    simulatedMs: sum((result) => result.simulatedMs),
    events: sum((result) => result.events),
    executions: sum((result) => result.executions),
    faults: addUp(results.map((result) => result.faults)),
    distinctTraces: new Set(digests).size,
    replayed,
    reached,
    unreached: seeds < SEEDS_THAT_REACH_ALL ? [] : listUnreached(reached),
    traceSha256: createHash('sha256').update(digests.join('\n')).digest('hex'),
    violations: violations.length,
    violation: violations[0] ?? null,
  };
}

/** A promise that no seed put to the test makes the whole campaign worthless, I-36. */
function listUnreached(reached: Readonly<Record<string, number>>): readonly string[] {
  const all = [...INVARIANTS.map(({ id }) => id), ...LIVENESS, 'I-35'];
  return all.filter((id) => (reached[id] ?? 0) === 0);
}

function addUp(maps: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const total = new Map<string, number>();
  for (const [key, count] of maps.flatMap((map) => [...map])) {
    total.set(key, (total.get(key) ?? 0) + count);
  }
  return Object.fromEntries([...total].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The whole vector of one seed; of many, how many seeds had what. */
function describeOptions(results: readonly SeedResult[]): Readonly<Record<string, unknown>> {
  const [first] = results;
  if (results.length === 1 && first !== undefined) return first.swarm;
  const count = (has: (swarm: SeedResult['swarm']) => boolean) =>
    results.filter(({ swarm }) => has(swarm)).length;
  const faults = Object.keys(first?.swarm.faults ?? {}) as (keyof SeedResult['swarm']['faults'])[];
  return {
    twoZones: count(({ zones }) => zones === 2),
    severalProcesses: count(({ processesPerZone }) => processesPerZone > 1),
    isolations: count(({ isolation }) => isolation !== 'none'),
    repairBeforeHeal: count((swarm) => swarm.repairBeforeHeal),
    withFault: Object.fromEntries(
      faults.map((fault) => [fault, count((swarm) => swarm.faults[fault] !== 0)]),
    ),
  };
}
