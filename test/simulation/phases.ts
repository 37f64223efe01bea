import { type RefKey, toRefKey } from '../../reconciler/core/contracts/ref.ts';
import { MAX_RETRY_AFTER_MS } from '../../reconciler/core/plan/plan-convergence.ts';
import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { type Leniency, STRICT } from './convergence.ts';
import { drawOne } from './draw.ts';
import { MAX_SKEW_MS } from './process-clock.ts';
import type { ZoneWorld } from './simulated-world.ts';
import type { Simulation } from './simulation.ts';

/** A training, a release of its version by all steps, and the way back. */
const MAX_LIFE_MS = 240_000;
/** So much of one model's life goes on under faults, once there is nothing else to do. */
const LIFE_MS = 240_000;
const SLICE_MS = 2_000;
/** The longest pause that the product makes after failures, with its jitter. */
const MAX_BACKOFF_MS = 72_000;

/** Faults on: people work, the weather blows, every invariant is watched at every event. */
export async function disturb(simulation: Simulation): Promise<void> {
  const { people, processes, weather, swarm } = simulation;
  await simulation.enter('disturbed');
  processes.startAll();
  void weather.blow();
  void simulation.life?.begin();
  await during(simulation, people.work());
  await (simulation.life === null ? simulation.pass(10_000) : live(simulation));
  if (!swarm.repairBeforeHeal) return;
  await during(simulation, people.allowEverything());
  await simulation.pass(15_000);
  await during(simulation, people.settle());
  await simulation.pass(5_000);
}

/** Under the same faults, and with nothing in main that would keep releases from going on. */
async function live(simulation: Simulation): Promise<void> {
  await during(simulation, simulation.people.allowEverything());
  await simulation.pass(LIFE_MS);
}

/** Faults off: what is asleep wakes up, what hung goes on, what is dead starts again. */
export async function heal(simulation: Simulation): Promise<void> {
  const { faults, processes, weather, people, swarm } = simulation;
  await simulation.enter('healed');
  faults.calm();
  processes.heal();
  weather.settle();
  simulation.freeHung();
  if (simulation.life !== null) await during(simulation, simulation.life.settle());
  await checkLeaders(simulation);
  // What was pushed while faults raged must be reached without another push to help.
  if (!swarm.repairBeforeHeal) await during(simulation, people.allowEverything());
  await converge(simulation, 'I-30', { ...STRICT, mayRefuse: true });
  await during(simulation, people.settle());
  await converge(simulation, 'I-30', STRICT);
  await answerPeople(simulation);
}

/** Far more than a release, its rollback and a retraining lead to. */
const MAX_ANSWERS = 8;

/** Whatever people are still asked is answered, and what that leads to as well. */
async function answerPeople(simulation: Simulation): Promise<void> {
  const { life, findings, swarm, processes } = simulation;
  if (life === null) return;
  const quietMs = 1.2 * swarm.settings.resyncMs + QUIET_WINDOWS * life.windowMs;
  for (let times = 0; times < MAX_ANSWERS; times += 1) {
    await simulation.pass(quietMs);
    let hasAnswered = false;
    const answer = async () => {
      hasAnswered = await life.answerAll();
    };
    await during(simulation, answer());
    processes.hint(1);
    await converge(simulation, 'I-30', STRICT);
    if (!hasAnswered || findings.violation() !== null) return;
  }
  findings.violate('I-33', `people are still asked after ${MAX_ANSWERS} rounds of answers`);
}

/** A detector that is about to find something does so within these. */
const QUIET_WINDOWS = 6;

/** One resource hangs, fails or is broken for good; all the others must converge none the less. */
export async function isolateOne(simulation: Simulation, randomness: Randomness): Promise<void> {
  const { swarm, people, faults } = simulation;
  const targets = people.targets();
  if (swarm.isolation === 'none' || targets.length === 0) return;
  const { name, zone } = drawOne(randomness, targets);
  const key = toRefKey({ kind: 'Target', namespace: 'platform', name });
  await simulation.enter('one-hangs');
  if (swarm.isolation === 'broken-file') await during(simulation, people.changeAll(name));
  else {
    faults.isolate({ zone, key, mode: swarm.isolation });
    await during(simulation, people.changeAll(null));
  }
  const except = new Set([key, ...listDependents(simulation, key)]);
  await converge(simulation, 'I-25', { except, mayRefuse: false });
  faults.isolate(null);
  simulation.freeHung();
  await simulation.enter('healed');
  await during(simulation, people.settle());
  await converge(simulation, 'I-30', STRICT);
}

/** Nothing is to be done, so nothing may be done; neither by a new leader nor for a mere remark. */
export async function rest(simulation: Simulation): Promise<void> {
  const { processes, world, people, swarm } = simulation;
  // Long enough for everything to be looked at once more.
  const roundMs = 1.2 * swarm.settings.resyncMs;
  await simulation.enter('resting');
  await simulation.pass(roundMs);
  for (const { name } of world.zones) {
    simulation.faultLog.count('crash-at-rest');
    processes.crashLeader(name);
  }
  await checkLeaders(simulation);
  await simulation.pass(roundMs);
  await simulation.enter('remarked');
  await during(simulation, people.remark());
  await simulation.pass(1.5 * swarm.settings.pollMs);
  if (simulation.findings.violation() !== null) return;
  await simulation.enter('ended');
  for (const { atEnd } of simulation.watches) await atEnd?.();
}

/** Lets the world run until somebody is done with what they do. */
async function during(simulation: Simulation, work: Promise<void>): Promise<void> {
  let isDone = false;
  void work.then(() => {
    isDone = true;
  });
  await simulation.pass(60 * 60_000, () => isDone);
}

async function converge(
  simulation: Simulation,
  invariant: string,
  leniency: Leniency,
): Promise<void> {
  const { findings, swarm, world } = simulation;
  const { leaseTtlMs, pollMs, resyncMs, slowEffectMs } = swarm.settings;
  const waitMs = leaseTtlMs + pollMs + resyncMs + slowEffectMs;
  const lifeMs = simulation.life === null ? 0 : MAX_LIFE_MS;
  const boundMs = lifeMs + waitMs * 2 + MAX_BACKOFF_MS + MAX_RETRY_AFTER_MS + 60_000;
  const endsAt = world.clock.now() + boundMs;
  findings.reached(invariant);
  let differences = await simulation.listDivergences(leniency);
  while (differences.length > 0 && findings.violation() === null) {
    if (world.clock.now() >= endsAt) {
      findings.violate(invariant, `after ${boundMs} ms: ${differences.slice(0, 5).join('; ')}`);
    }
    await simulation.pass(SLICE_MS);
    differences = await simulation.listDivergences(leniency);
  }
}

/** Somebody leads each zone again before long, and leads alone. */
async function checkLeaders(simulation: Simulation): Promise<void> {
  const { findings, world, swarm, processes } = simulation;
  const isLed = ({ tables }: ZoneWorld) =>
    processes.isAlive(tables.leader.holder) && tables.leader.expiresAt > world.clock.now();
  // A clock that lags must first catch up with the world.
  const boundMs = 2 * swarm.settings.leaseTtlMs + 2 * MAX_SKEW_MS;
  await simulation.pass(boundMs, () => world.zones.every(isLed));
  for (const zone of world.zones) {
    if (findings.violation() !== null) return;
    findings.reached('I-32');
    if (!isLed(zone)) findings.violate('I-32', `nobody leads ${zone.name} after ${boundMs} ms`);
  }
}

function listDependents({ world }: Simulation, key: RefKey): readonly RefKey[] {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const forms = world.zones.flatMap(({ tables }) => tables.admission?.desired ?? []);
  const dependents = forms.filter(
    ({ kind, spec }) =>
      kind === 'Environment' && JSON.stringify(spec['targets']).includes(`"${name}"`),
  );
  return dependents.map(({ kind, metadata }) => `${kind}/platform/${metadata.name}` as const);
}
