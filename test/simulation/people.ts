import type { Randomness } from '../../reconciler/ports/randomness.ts';
import { drawBetween, drawChance, drawOne } from './draw.ts';
import type { FaultLog } from './fault-log.ts';
import {
  askForLess,
  breakFile,
  breakTarget,
  changeTarget,
  drawFirstModel,
  drawOrdinaryMove,
  fixAll,
  hasResource,
  remark,
  removeMany,
  removeResource,
} from './people-moves.ts';
import type { RepoModel, TargetModel } from './platform-repo.ts';
import type { Scheduler } from './scheduler.ts';
import { createSharedRepo, type SharedRepo } from './shared-repo.ts';
import { MAX_SLOTS } from './simulated-policy.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { PeopleOptions } from './swarm.ts';
import type { Trace } from './trace.ts';

export type PeopleDeps = {
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly options: PeopleOptions;
  /** Files that are there from the beginning. */
  readonly serving: RepoModel['serving'];
  readonly faultLog: FaultLog;
  readonly trace: Trace;
  readonly announce: (chance: number) => void;
};

export type People = {
  /** Pushes the seed's commits, one after the other. */
  readonly work: () => Promise<void>;
  /** An effect on this resource was interrupted; somebody may change their mind about it. */
  readonly seeTrouble: (key: string) => void;
  /** Makes everything valid and allows every removal; removals are judged by the next commit. */
  readonly allowEverything: () => Promise<void>;
  /** The last word: all history is in it, and nothing in it is wrong. */
  readonly settle: () => Promise<void>;
  /** Changes every target, one of them to something invalid if so asked. */
  readonly changeAll: (broken: string | null) => Promise<void>;
  /** A commit that asks for nothing else. */
  readonly remark: () => Promise<void>;
  readonly targets: () => readonly TargetModel[];
};

export function createPeople(deps: PeopleDeps): People {
  const { world, randomness, options } = deps;
  const zones = world.zones.map((zone) => zone.name);
  const first = drawFirstModel(zones, options, randomness, deps.serving);
  const repo = createSharedRepo(world, deps.scheduler, deps.trace, first);
  let isAtWork = true;

  const toValidHere = (model: RepoModel) => toValid({ ...model, zones });

  const pushTo = async (everybody: number, model: RepoModel): Promise<void> => {
    await repo.push(model);
    deps.announce(everybody);
  };

  return {
    work: async () => {
      await pushTo(options.hintChance, first);
      for (let count = 1; count < options.commits; count += 1) {
        await world.clock.sleep(drawBetween(randomness, 0, 2 * options.meanGapMs));
        await drawMove(deps, repo);
        deps.announce(options.hintChance);
      }
      isAtWork = false;
    },
    seeTrouble: (key) => {
      if (!isAtWork || !drawChance(randomness, options.changeOfMindChance)) return;
      void pushTo(options.hintChance, changeMind(repo, key));
    },
    allowEverything: async () => {
      await repo.push(toValidHere(remark(repo.model())));
      await repo.mergeLostTips();
      deps.announce(1);
    },
    settle: async () => {
      await repo.push(toValidHere(remark(drawOrdinaryMove(repo.model(), randomness))));
      await repo.mergeLostTips();
      deps.announce(1);
    },
    changeAll: (broken) => {
      const changed = addOneSlotEverywhere(toValidHere(remark(repo.model())));
      return pushTo(1, broken === null ? changed : breakTarget(changed, broken, randomness));
    },
    remark: () => pushTo(1, remark(repo.model())),
    targets: () => repo.model().targets,
  };
}

/** What somebody does next, on a day on which little is done carefully. */
async function drawMove(
  { randomness, options, faultLog }: PeopleDeps,
  repo: SharedRepo,
): Promise<void> {
  const model = repo.model();
  const isDrawn = (chance: number) => drawChance(randomness, chance);
  if (isDrawn(options.forcePushChance)) {
    if (await repo.forceBackTo(drawOne(randomness, repo.history()))) faultLog.count('force-push');
    return;
  }
  if (isDrawn(options.breakChance)) {
    faultLog.count('file-broken');
    return repo.push(breakFile(model, randomness));
  }
  if (Object.keys(model.broken).length > 0 && isDrawn(0.5)) return repo.push(fixAll(model));
  if (isDrawn(options.flipBackChance)) {
    return repo.push(drawOne(randomness, repo.history()).model);
  }
  if (isDrawn(options.massRemovalChance)) {
    faultLog.count('mass-removal');
    return repo.push(removeMany(model, randomness));
  }
  return repo.push(drawOrdinaryMove(model, randomness));
}

/** Takes the resource out if it is in, and goes back to the last model that had it otherwise. */
function changeMind(repo: SharedRepo, key: string): RepoModel {
  const name = key.slice(key.lastIndexOf('/') + 1);
  const model = repo.model();
  if (hasResource(model, name)) return removeResource(model, name);
  return repo.history().findLast((commit) => hasResource(commit.model, name))?.model ?? model;
}

function addOneSlotEverywhere(model: RepoModel): RepoModel {
  return model.targets.reduce(
    (changed, { name, slots }) =>
      changeTarget(changed, name, { slots: slots.map((count) => (count + 1) % MAX_SLOTS) }),
    model,
  );
}

/** Nothing in it is broken, dangling or refused, and from then on everything may be removed. */
function toValid(model: RepoModel): RepoModel {
  const zoneOf = new Map(model.targets.map(({ name, zone }) => [name, zone]));
  const environments = model.environments
    .map((one) => ({
      ...one,
      targets: [...new Set(one.targets)].filter((name) => zoneOf.get(name) === one.zone),
    }))
    .filter((one) => one.targets.length > 0);
  return askForLess(fixAll({ ...model, environments, deletionCapPercent: 100 }));
}
