import { isCodedError } from '../../../reconciler/core/contracts/coded-error.ts';
import { MAIN_BRANCH, type RefName } from '../../../reconciler/core/contracts/git.ts';
import type { PullStory } from '../../../reconciler/core/forge/pull-request.ts';
import {
  listReleased,
  replaceVersions,
  toReleaseText,
} from '../../../reconciler/core/release/release-text.ts';
import type { Forge } from '../../../reconciler/ports/forge.ts';
import type { Randomness } from '../../../reconciler/ports/randomness.ts';
import { drawBetween, drawChance, drawInteger, drawOne } from '../draw.ts';
import type { FaultLog } from '../fault-log.ts';
import { createActor, type Scheduler } from '../scheduler.ts';
import type { SimulatedWorld } from '../simulated-world.ts';
import type { ServingOptions } from '../swarm.ts';
import type { Trace } from '../trace.ts';
import type { DataPlane } from './data-plane.ts';
import { writeRows } from './data-rows.ts';
import { MODEL_PATH, RELEASE_PATH, renderModel, SERVING_ACTORS } from './serving-files.ts';
import type { ServingWorld } from './serving-world.ts';

export type ServingPeopleDeps = {
  readonly world: SimulatedWorld;
  readonly serving: ServingWorld;
  readonly forge: Forge;
  readonly scheduler: Scheduler;
  readonly randomness: Randomness;
  readonly options: ServingOptions;
  readonly dataPlane: DataPlane;
  readonly faultLog: FaultLog;
  readonly trace: Trace;
  readonly announce: (chance: number) => void;
};

export type ServingPeople = {
  /** Releases, reviews, edits and changes of mind, until somebody calls it a day. */
  readonly work: () => Promise<void>;
  readonly stop: () => void;
  /** Answers everything that is open; says whether anything was. */
  readonly answerAll: () => Promise<boolean>;
  /** Takes back what main asks for and nobody can have. */
  readonly tidy: () => Promise<void>;
};

const SEEDS = 4;
const WORDS = { namespace: 'payments', endpoint: 'fraud' };
const MAX_FILE_BYTES = 65_536;

export function createServingPeople(deps: ServingPeopleDeps): ServingPeople {
  const { world, serving, scheduler, randomness, options, dataPlane } = deps;
  const actor = createActor('reviewers');
  let days = 0;
  let isAtWork = true;

  const push = (path: string, content: string | null) => pushFile(deps, path, content);

  const release = async (version: string): Promise<void> => {
    const text = await readFile(world, RELEASE_PATH);
    const words = { ...WORDS, version };
    const next = text === null ? toReleaseText(words) : replaceVersions(text, words);
    if (next !== null) await push(RELEASE_PATH, next);
  };

  const releaseAny = async (): Promise<void> => {
    const versions = [...serving.versions.keys()];
    if (versions.length > 0) await release(drawOne(randomness, versions));
  };

  const moves: readonly (() => Promise<void>)[] = [
    () => answerOne(deps),
    () => answerOne(deps),
    () => answerOne(deps),
    () => push(MODEL_PATH, renderModel(drawInteger(randomness, 1, SEEDS))),
    releaseAny,
    async () => {
      days += 1;
      writeRows(serving.connections, days);
    },
    async () => dataPlane.setDrift(!dataPlane.hasDrift()),
  ];

  return {
    work: async () => {
      await world.clock.sleep(options.meanGapMs);
      await scheduler.step(actor);
      await push(MODEL_PATH, renderModel(1));
      while (isAtWork) {
        await world.clock.sleep(drawBetween(randomness, 0, 2 * options.meanGapMs));
        await scheduler.step(actor);
        if (isAtWork && (await world.git.readRef(MAIN_BRANCH)) !== null)
          await drawOne(randomness, moves)();
      }
    },
    stop: () => {
      isAtWork = false;
    },
    answerAll: async () => {
      await scheduler.step(actor);
      const open = await listOpen(deps.forge);
      for (const pull of open) await finish(deps, pull, drawChance(randomness, 0.7));
      return open.length > 0;
    },
    tidy: async () => {
      await scheduler.step(actor);
      if ((await readFile(world, MODEL_PATH)) === null) await push(MODEL_PATH, renderModel(1));
      const possible = listPossible(serving, await readFile(world, RELEASE_PATH));
      if (possible === null) return;
      if (possible.length > 0) await release(drawOne(randomness, possible));
      else await push(RELEASE_PATH, null);
    },
  };
}

async function pushFile(
  { world, trace, announce, options }: ServingPeopleDeps,
  path: string,
  content: string | null,
): Promise<void> {
  if ((await readFile(world, path)) === content) return;
  const epochSeconds = Math.floor(world.clock.now() / 1000);
  const oid = await world.git.push({
    branch: MAIN_BRANCH,
    files: [{ path, content }],
    epochSeconds,
  });
  trace.write(`${world.clock.now()} reviewers push ${path} ${oid}`);
  announce(options.hintChance);
}

/** What could be released in place of what cannot; null where nothing is wrong. */
function listPossible(serving: ServingWorld, text: string | null): readonly string[] | null {
  if (text === null) return null;
  const [asked = ''] = listReleased(text, WORDS);
  const isRefused = (version: string) => isQuarantined(serving, text, version);
  if (serving.versions.has(asked) && !isRefused(asked)) return null;
  return [...serving.versions.keys()].filter((version) => !isRefused(version));
}

/** By its version or by its run, which is the same failure under another digest. */
function isQuarantined({ versions }: ServingWorld, text: string, version: string): boolean {
  const quarantine = text.slice(text.indexOf('quarantine:'));
  if (!text.includes('quarantine:')) return false;
  const runKey = versions.get(version)?.record.runKey ?? version;
  return quarantine.includes(version) || quarantine.includes(runKey);
}

async function readFile({ git }: SimulatedWorld, path: string): Promise<string | null> {
  const tip = await git.readRef(MAIN_BRANCH);
  if (tip === null) return null;
  const [bytes] = await git.readFiles([{ commit: tip, path }], MAX_FILE_BYTES);
  return bytes ? new TextDecoder().decode(bytes) : null;
}

async function listOpen(forge: Forge): Promise<readonly PullStory[]> {
  return (await forge.list({ states: ['open'], maxCount: 100 })).pulls;
}

async function answerOne(deps: ServingPeopleDeps): Promise<void> {
  const open = await listOpen(deps.forge);
  if (open.length === 0) return;
  const pull = drawOne(deps.randomness, open);
  if (drawChance(deps.randomness, 0.2)) return edit(deps, pull);
  await finish(deps, pull, drawChance(deps.randomness, 0.75));
}

/** Somebody adds a commit of their own to what the machine proposes. */
async function edit({ world, forge, faultLog }: ServingPeopleDeps, pull: PullStory): Promise<void> {
  const branch: RefName = `refs/heads/${pull.branch}`;
  const tip = await world.git.readRef(branch);
  if (tip === null) return;
  await world.git.push({
    branch,
    files: [{ path: 'docs/why.md', content: `about ${pull.number} at ${world.clock.now()}\n` }],
    epochSeconds: Math.floor(world.clock.now() / 1000),
  });
  faultLog.count('pull-edited');
  await forge.refresh(pull.number, SERVING_ACTORS.you);
}

/** Merged after an approval by somebody else, or closed; what cannot be merged is closed. */
async function finish(
  { forge, announce, options, trace, world, faultLog }: ServingPeopleDeps,
  { number }: PullStory,
  isWanted: boolean,
): Promise<void> {
  const close = { type: 'close', reason: 'not now' } as const;
  trace.write(`${world.clock.now()} reviewers ${isWanted ? 'merge' : 'close'} ${number}`);
  try {
    if (!isWanted) {
      faultLog.count('pull-closed');
      await forge.add(number, close, SERVING_ACTORS.you);
      return;
    }
    const { head } = await forge.refresh(number, SERVING_ACTORS.you);
    await forge.add(number, { type: 'approve', head, body: '' }, SERVING_ACTORS.reviewer);
    await forge.merge(number, { head, method: 'merge' }, SERVING_ACTORS.you);
    faultLog.count('pull-merged');
    announce(options.hintChance);
  } catch (error) {
    if (isCodedError(error, 'P420')) return;
    if (!isCodedError(error)) throw error;
    faultLog.count('pull-conflict');
    await forge.add(number, close, SERVING_ACTORS.you);
  }
}
