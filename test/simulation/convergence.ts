import { parseTrailers } from '../../reconciler/core/audit/parse-trailers.ts';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import { MAIN_BRANCH, toAuditBranch } from '../../reconciler/core/contracts/git.ts';
import type { NormalForm } from '../../reconciler/core/contracts/normal-form.ts';
import { type RefKey, toRefKey } from '../../reconciler/core/contracts/ref.ts';
import { isPlacedIn } from '../../reconciler/core/graph/placement.ts';
import { isLive, isSettled } from '../../reconciler/core/plan/settled.ts';
import { withPools } from '../../reconciler/core/spec/target-form.ts';
import { createRevisionReader } from '../../reconciler/engine/revision-reader.ts';
import { toLiveForm } from '../../reconciler/kinds/kept-states.ts';
import type { ParseOnce } from './parse-once.ts';
import { isGivenUp, listServingDivergences } from './serving/serving-convergence.ts';
import type { SimulatedWorld, ZoneWorld } from './simulated-world.ts';

export type Leniency = {
  /** Resources that need not have converged. */
  readonly except: ReadonlySet<RefKey>;
  /** Whether what the deletion cap refused may still be there. */
  readonly mayRefuse: boolean;
};

export const STRICT: Leniency = { except: new Set(), mayRefuse: false };

/** Says what is not yet as main wants it; written without the product's planner, to judge it. */
export type ConvergenceCheck = (leniency: Leniency) => Promise<readonly string[]>;

export function createConvergenceCheck(world: SimulatedWorld, parse: ParseOnce): ConvergenceCheck {
  const reader = createRevisionReader({ parse });
  return async (leniency) => {
    const tip = await world.git.readRef(MAIN_BRANCH);
    if (tip === null) return ['main does not exist'];
    const judgement = await reader.read(world.git, tip);
    const differences: string[] = [];
    for (const zone of world.zones) {
      const { admission } = zone.tables;
      if (admission?.revision !== tip) {
        differences.push(`${zone.name} follows ${admission?.revision}, main is ${tip}`);
        continue;
      }
      const own = judgement.valid.filter(({ placement }) => isPlacedIn(placement, zone.name));
      const desired = new Map(own.map(({ ref, form }) => [toRefKey(ref), form]));
      differences.push(...compareZone(zone, desired, leniency));
      differences.push(...(await listServingDivergences(zone, desired)));
      differences.push(...(await compareLedger(world, zone, leniency)));
    }
    return differences;
  };
}

function compareZone(
  zone: ZoneWorld,
  desired: ReadonlyMap<RefKey, NormalForm>,
  { except, mayRefuse }: Leniency,
): readonly string[] {
  const live = listLive(zone);
  const refused = new Set(
    (zone.tables.admission?.refusals ?? [])
      .filter(({ code }) => mayRefuse && code === 'P302')
      .map(({ ref }) => toRefKey(ref)),
  );
  const isSpared = (key: RefKey) =>
    except.has(key) || refused.has(key) || (isRelease(key) && isGivenUp(zone, desired.get(key)));
  const wrong = [...desired].filter(([key, form]) => {
    const there = live.get(key);
    return !isSpared(key) && (there === undefined || digestJson(there) !== digestJson(form));
  });
  const surplus = [...live.keys()].filter((key) => !desired.has(key) && !isSpared(key));
  const unrecorded = [...zone.tables.recorded]
    .filter(([key]) => !isSpared(key))
    .filter(([key, { recorded }]) => {
      const form = desired.get(key);
      return form === undefined ? isLive(recorded) : !isSettled(form, recorded);
    });
  return [
    ...unrecorded.map(([key]) => `${zone.name} ${key} is not recorded as it is`),
    ...wrong.map(([key]) => `${zone.name} ${key} is not as desired`),
    ...surplus.map((key) => `${zone.name} ${key} is still there`),
  ];
}

const isRelease = (key: RefKey) => key.startsWith('Release/');

function listLive({ definitions, executor }: ZoneWorld): ReadonlyMap<RefKey, NormalForm> {
  const live = new Map<RefKey, NormalForm>();
  for (const [key, { form }] of definitions.definitions) {
    const own = form === null ? null : toLiveForm(form);
    if (own !== null) live.set(key, own);
  }
  for (const [key, { form, pools, isManaged }] of executor.targets) {
    if (isManaged && form !== null) live.set(key, withPools(form, pools));
  }
  return live;
}

async function compareLedger(
  { git }: SimulatedWorld,
  { name, tables }: ZoneWorld,
  { except }: Leniency,
): Promise<readonly string[]> {
  const open = [...tables.intents.values()].filter(
    ({ effect }) => !tables.outcomes.has(effect.id) && !except.has(toRefKey(effect.ref)),
  );
  const tip = await git.readRef(toAuditBranch(name));
  const trailers = tip === null ? null : parseTrailers((await git.readCommit(tip)).message);
  const wanted = tables.outbox.length;
  return [
    ...open.map(({ effect }) => `${name} ${toRefKey(effect.ref)} has an open intent`),
    ...(tables.ledgered.seq < wanted ? [`${name} has unledgered records`] : []),
    ...((trailers?.seq ?? 0) === wanted ? [] : [`the ledger of ${name} is behind`]),
  ];
}
