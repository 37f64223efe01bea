import { MAIN_BRANCH, type Oid } from '../../reconciler/core/contracts/git.ts';
import { formatCommit } from '../../reconciler/core/contracts/git-commit.ts';
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
  remark,
  removeMany,
} from './people-moves.ts';
import { type RepoFiles, type RepoModel, renderRepo, type TargetModel } from './platform-repo.ts';
import { createActor, type Scheduler } from './scheduler.ts';
import { MAX_SLOTS } from './simulated-policy.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { PeopleOptions } from './swarm.ts';
import type { Trace } from './trace.ts';

export type PeopleDeps = {
  readonly world: SimulatedWorld;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly options: PeopleOptions;
  readonly faultLog: FaultLog;
  readonly trace: Trace;
  readonly announce: (chance: number) => void;
};

export type People = {
  /** Pushes the seed's commits, one after the other. */
  readonly work: () => Promise<void>;
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

type Commit = { readonly oid: Oid; readonly model: RepoModel };

export function createPeople(deps: PeopleDeps): People {
  const { world, randomness, options, faultLog, trace } = deps;
  const actor = createActor('people');
  const history: Commit[] = [];
  /** Tips that a forced push took off main: whoever saw them must find them there again. */
  const lostTips = new Set<Oid>();
  let model = drawFirstModel(
    world.zones.map((zone) => zone.name),
    options,
    randomness,
  );
  let files: RepoFiles = new Map();

  const push = async (next: RepoModel, announceChance = options.hintChance): Promise<void> => {
    await deps.scheduler.step(actor);
    const rendered = renderRepo(next);
    const oid = await world.git.push({
      branch: MAIN_BRANCH,
      files: listChanges(files, rendered),
      epochSeconds: Math.floor(world.clock.now() / 1000),
    });
    model = next;
    files = rendered;
    history.push({ oid, model });
    trace.write(`${world.clock.now()} people push ${oid}`);
    deps.announce(announceChance);
  };

  /** Main goes back to an earlier commit, as if what came after had never been. */
  const forcePush = async (): Promise<void> => {
    await deps.scheduler.step(actor);
    const tip = await world.git.readRef(MAIN_BRANCH);
    const target = drawOne(randomness, history);
    if (tip === null || target.oid === tip) return;
    faultLog.count('force-push');
    lostTips.add(tip);
    world.git.setRef(MAIN_BRANCH, target.oid);
    model = target.model;
    files = renderRepo(model);
    trace.write(`${world.clock.now()} people force ${target.oid}`);
    deps.announce(options.hintChance);
  };

  const move = async (): Promise<void> => {
    if (drawChance(randomness, options.forcePushChance)) return forcePush();
    if (drawChance(randomness, options.breakChance)) {
      faultLog.count('file-broken');
      return push(breakFile(model, randomness));
    }
    if (Object.keys(model.broken).length > 0 && drawChance(randomness, 0.5)) {
      return push(fixAll(model));
    }
    if (drawChance(randomness, options.flipBackChance)) {
      return push(drawOne(randomness, history).model);
    }
    if (drawChance(randomness, options.massRemovalChance)) {
      faultLog.count('mass-removal');
      return push(removeMany(model, randomness));
    }
    return push(drawOrdinaryMove(model, randomness));
  };

  return {
    work: async () => {
      await push(model);
      for (let count = 1; count < options.commits; count += 1) {
        await world.clock.sleep(drawBetween(randomness, 0, 2 * options.meanGapMs));
        await move();
      }
    },
    allowEverything: async () => {
      await push(toValid({ ...remark(model), deletionCapPercent: 100 }), 1);
      await mergeLostTips(world, lostTips);
    },
    settle: async () => {
      const last = drawOrdinaryMove(model, randomness);
      await push(toValid({ ...remark(last), deletionCapPercent: 100 }), 1);
      await mergeLostTips(world, lostTips);
      deps.announce(1);
    },
    changeAll: async (broken) => {
      let next = toValid(remark(model));
      for (const { name, slots } of next.targets) {
        next = changeTarget(next, name, { slots: slots.map((count) => (count + 1) % MAX_SLOTS) });
      }
      if (broken !== null) next = breakTarget(next, broken, randomness);
      await push(next, 1);
    },
    remark: () => push(remark(model), 1),
    targets: () => model.targets,
  };
}

function listChanges(before: RepoFiles, after: RepoFiles) {
  const changed = [...after].filter(([path, text]) => before.get(path) !== text);
  const removed = [...before.keys()].filter((path) => !after.has(path));
  return [
    ...changed.map(([path, content]) => ({ path, content })),
    ...removed.map((path) => ({ path, content: null })),
  ];
}

function toValid(model: RepoModel): RepoModel {
  const zoneOf = new Map(model.targets.map(({ name, zone }) => [name, zone]));
  const environments = model.environments
    .map((one) => ({
      ...one,
      targets: one.targets.filter((name) => zoneOf.get(name) === one.zone),
    }))
    .filter((one) => one.targets.length > 0);
  return askForLess(fixAll({ ...model, environments }));
}

/** What people do after an accident with a forced push: both histories are in main from now on. */
async function mergeLostTips({ git, clock }: SimulatedWorld, lost: Set<Oid>): Promise<void> {
  const tip = await git.readRef(MAIN_BRANCH);
  if (tip === null || lost.size === 0) return;
  const body = formatCommit({
    tree: (await git.readCommit(tip)).tree,
    parents: [tip, ...lost],
    author: { name: 'A person', email: 'person@example.org' },
    epochSeconds: Math.floor(clock.now() / 1000),
    message: 'Take back what was lost\n',
  });
  git.setRef(MAIN_BRANCH, git.writeObject('commit', body));
}
