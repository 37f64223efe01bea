import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSystemClock } from '../../reconciler/adapters/clock/system/clock.ts';
import { createProcessExecutor } from '../../reconciler/adapters/executor/process/executor.ts';
import { createFiles, type Files } from '../../reconciler/adapters/executor/process/files.ts';
import { createSeededRandomness } from '../../reconciler/adapters/randomness/seeded/randomness.ts';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import { type NormalForm, toRef } from '../../reconciler/core/contracts/normal-form.ts';
import type { Effect } from '../../reconciler/core/plan/effect.ts';
import type { Executor } from '../../reconciler/ports/executor.ts';
import { type CrashMoment, createCrashingFiles } from '../support/crashing-files.ts';
import { readFolderTree } from '../support/folder-tree.ts';
import { makeEffect, makeRemoval, makeTarget, ZONE } from '../support/target-effects.ts';

/** Flushes are left out: no process can see them, and hundreds of them take seconds. */
const DISK: Files = {
  ...createFiles(),
  syncFolder: async () => {},
  writeWhole: (path, text) => createFiles().writeWhole(path, text, 'volatile'),
};

type Act = { readonly effect: Effect; readonly target: NormalForm | null };

const FIRST = makeTarget('laptop', { cpu: 3, gpu: 1 });
const SECOND = makeTarget('laptop', { cpu: 1, spare: 2, gpu: 1 }, 3);
const THIRD = makeTarget('laptop', { cpu: 2, spare: 2, gpu: 1 }, 3);
const REF = toRef(FIRST);

const make = (target: NormalForm, occurrence: number): Act => ({
  effect: makeEffect(target, occurrence),
  target,
});
const remove = (action: string, occurrence: number): Act => ({
  effect: makeRemoval(FIRST, action, occurrence),
  target: null,
});

/** What was done before, and the act that is cut short. */
const SCENARIOS: Readonly<Record<string, readonly [readonly Act[], Act]>> = {
  create: [[], make(FIRST, 0)],
  'update everything': [[make(FIRST, 0)], make(SECOND, 1)],
  'update slots alone': [[make(SECOND, 0)], make(THIRD, 1)],
  retire: [[make(FIRST, 0)], remove('retire', 1)],
  orphan: [[make(FIRST, 0)], remove('orphan', 1)],
  delete: [[make(FIRST, 0)], remove('delete', 1)],
  'create after retire': [[make(FIRST, 0), remove('retire', 1)], make(SECOND, 2)],
  'create after orphan': [[make(FIRST, 0), remove('orphan', 1)], make(SECOND, 2)],
  'create after delete': [[make(FIRST, 0), remove('delete', 1)], make(SECOND, 2)],
};

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-crash-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Each life is another process to the lock, although all run in this one. */
function open(zoneFolder: string, life: number, files: Files = DISK): Executor {
  return createProcessExecutor({
    zone: ZONE,
    zoneFolder,
    clock: createSystemClock(),
    randomness: createSeededRandomness(life),
    processIdentity: { readIdentity: async () => `life-${life}` },
    files,
  });
}

const FENCE = { holder: 'leader', epoch: 1 };
const perform = (executor: Executor, act: Act) => executor.apply({ fence: FENCE, ...act });

const readTree = (folder: string) => readFolderTree(folder, { leaveOut: ['.lock'] });

/** The tree and the steps of the act when nothing goes wrong. */
async function runWhole(before: readonly Act[], act: Act) {
  return withFolder(async (folder) => {
    for (const earlier of before) await perform(open(folder, 0), earlier);
    const { files, steps } = createCrashingFiles(DISK, null);
    await perform(open(folder, 1, files), act);
    return { tree: await readTree(folder), steps };
  });
}

async function checkCrash(
  before: readonly Act[],
  act: Act,
  crash: { readonly atStep: number; readonly moment: CrashMoment },
  expectedTree: readonly string[],
): Promise<void> {
  await withFolder(async (folder) => {
    for (const earlier of before) await perform(open(folder, 0), earlier);
    const { files } = createCrashingFiles(DISK, crash);
    await perform(open(folder, 1, files), act).catch(() => {});

    const revived = open(folder, 2);
    const { read, lastEffectId } = await revived.observe(REF);
    const hasHappened = lastEffectId === act.effect.id;
    if (!hasHappened) expect(lastEffectId).toBe(before.at(-1)?.effect.id ?? null);
    const isThere =
      read.state === 'present' && read.observedDigest === digestJson(act.target ?? {});
    const isAsWanted = act.target === null ? read.state === 'absent' : isThere;
    // The world looks as wanted exactly when the effect counts as done. Removals and creations
    // may start from a world that looked the same to begin with.
    if (hasHappened) expect(isAsWanted).toBe(true);
    if (isThere) expect(hasHappened).toBe(true);
    if (act.target === null && before.length === 1) expect(isAsWanted).toBe(hasHappened);

    expect(await perform(revived, act)).toEqual(act.target);
    expect(await readTree(folder)).toEqual(expectedTree);
  });
}

async function checkCrashes(name: string, moment: CrashMoment, hits: (step: string) => boolean) {
  const [before, act] = SCENARIOS[name] as (typeof SCENARIOS)[string];
  const { tree, steps } = await runWhole(before, act);
  const places = [...steps.keys()].filter((atStep) => hits(steps[atStep] as string));
  expect(places.length).toBeGreaterThan(1);
  for (const atStep of places) {
    await checkCrash(before, act, { atStep, moment }, tree).catch((error: unknown) => {
      throw new Error(`crash ${moment} step ${atStep}: ${steps[atStep]}`, { cause: error });
    });
  }
}

/** Only creations are absent while they are under way, so only they can be given up unseen. */
const CREATIONS = Object.keys(SCENARIOS).filter((name) => name.startsWith('create'));

const listPools = async (folder: string) =>
  (await readTree(folder)).filter((line) => /^\d+ \S*\/pools\b/.test(line));

describe.each(CREATIONS.filter((name) => !name.includes('orphan')))('given up: %s', (name) => {
  it('leaves no slots behind once another term has begun, wherever it was cut', async () => {
    const [before, act] = SCENARIOS[name] as (typeof SCENARIOS)[string];
    const { steps } = await runWhole(before, act);
    for (const atStep of steps.keys()) {
      await withFolder(async (folder) => {
        for (const earlier of before) await perform(open(folder, 0), earlier);
        const kept = (await readTree(folder)).filter((line) => line.endsWith('/data'));
        const { files } = createCrashingFiles(DISK, { atStep, moment: 'after' });
        await perform(open(folder, 1, files), act).catch(() => {});

        const revived = open(folder, 2);
        const hasHappened = (await revived.observe(REF)).read.state === 'present';
        await revived.raiseFence({ holder: 'next', epoch: 2 });
        const where = `crash after step ${atStep}: ${steps[atStep]}`;
        if (hasHappened) expect((await listPools(folder)).length, where).toBeGreaterThan(0);
        else expect(await listPools(folder), where).toEqual([]);
        const tree = await readTree(folder);
        expect(tree, where).toEqual(expect.arrayContaining(kept));
      });
    }
  });
});

describe.each(Object.keys(SCENARIOS))('a crash in: %s', (name) => {
  it('heals after every step', () => checkCrashes(name, 'after', () => true));
  it('heals with every file half-written', () =>
    checkCrashes(name, 'torn', (step) => step.startsWith('writeWhole')));
});
