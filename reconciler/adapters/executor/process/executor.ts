import { CodedError } from '../../../core/contracts/coded-error.ts';
import type { Fence } from '../../../core/contracts/fence.ts';
import type { NormalForm } from '../../../core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE, type Ref } from '../../../core/contracts/ref.ts';
import type { Effect } from '../../../core/plan/effect.ts';
import {
  isPlainName,
  requireTargetForm,
  requireTargetRef,
  type TargetForm,
  withPools,
} from '../../../core/spec/target-form.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Executor } from '../../../ports/executor.ts';
import type { ProcessIdentity } from '../../../ports/process-identity.ts';
import type { Randomness } from '../../../ports/randomness.ts';
import type { Observation } from '../../../ports/receiver.ts';
import { commitTarget, convergeTarget } from './converge.ts';
import { passFence } from './fence-file.ts';
import { createFiles, type Files } from './files.ts';
import { createFolderLayout, TARGET_RECORD } from './folder-layout.ts';
import { createFolderLock } from './folder-lock.ts';
import { removeTarget, removeTargetFolder } from './remove.ts';
import { type Disk, isEqual, readTargetState, toObservation } from './target-state.ts';
import { undoHalfMade } from './undo-half-made.ts';

const MAX_TARGETS = 4096;
/** Every name that ever left keeps one; the bound is where something is clearly wrong. */
const MAX_TOMBSTONES = 1_000_000;

export type ProcessExecutorDeps = {
  readonly zone: string;
  /** The zone's own folder; targets stand below it, in `targets`. */
  readonly zoneFolder: string;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly processIdentity: ProcessIdentity;
  /** The disk; a test hands in one that fails between two steps. */
  readonly files?: Files;
};

/** Slots as folders of this machine, one writer at a time over all its processes. */
export function createProcessExecutor(deps: ProcessExecutorDeps): Executor {
  const files = deps.files ?? createFiles();
  const layout = createFolderLayout(deps.zoneFolder);
  const disk: Disk = { files, layout };
  const lock = createFolderLock({ ...deps, files, folder: layout.lock });
  const executor = 'process';
  return {
    executor,
    raiseFence: (fence) => toCoded(() => lock.run(() => beginTerm(disk, fence))),
    observe: async (ref) => observe(disk, requireTargetRef(ref)),
    list: () => toCoded(() => listTargets(disk)),
    apply: ({ fence, effect, target: form }) =>
      toCoded(async () => {
        const name = requireTargetRef(effect.ref);
        const target =
          form === null ? null : requireTargetForm({ ...deps, executor, ref: effect.ref, form });
        return lock.run(async () => {
          await passFence(disk, fence);
          return applyUnderLock(disk, { fence, effect, name, form, target });
        });
      }),
  };
}

async function beginTerm(disk: Disk, fence: Fence): Promise<void> {
  await passFence(disk, fence);
  await undoHalfMade(disk);
}

type ApplyInput = {
  readonly fence: Fence;
  readonly effect: Effect;
  readonly name: string;
  readonly form: NormalForm | null;
  /** The same form, parsed. */
  readonly target: TargetForm | null;
};

async function applyUnderLock(disk: Disk, input: ApplyInput): Promise<NormalForm | null> {
  const { name, form, target } = input;
  const state = await readTargetState(disk, name);
  const write = { name, effectId: input.effect.id, epoch: input.fence.epoch };
  const isDone = (state.tombstone ?? state.record)?.effectId === input.effect.id;
  if (isDone) {
    if (state.tombstone?.action === 'delete') await removeTargetFolder(disk, name);
    return toLive(toObservation(state));
  }
  if (form === null || target === null) {
    await removeTarget(disk, { ...write, action: input.effect.action });
    return null;
  }
  const converge = { ...write, form, pools: target.pools, state };
  await convergeTarget(disk, converge);
  await checkConverged(disk, name, form);
  await commitTarget(disk, converge);
  return toLive(await observe(disk, name));
}

/** Counted again before it is called done: somebody else may have been at work in the folders. */
async function checkConverged(disk: Disk, name: string, form: NormalForm): Promise<void> {
  const { pools } = await readTargetState(disk, name);
  if (isEqual(withPools(form, pools), form)) return;
  const message = `target ${name} changed while it was being made; its folders are not as they were left`;
  throw new CodedError('P406', message, { remedy: 'retry' });
}

async function observe(disk: Disk, name: string): Promise<Observation> {
  try {
    return toObservation(await readTargetState(disk, name));
  } catch (error) {
    const why = `target ${name} cannot be read: ${describe(error)}`;
    return { read: { state: 'unknown', why }, lastEffectId: null };
  }
}

function toLive(observation: Observation): NormalForm | null {
  const { read } = observation;
  if (read.state === 'unknown') throw new CodedError('P406', read.why, { remedy: 'retry' });
  return read.state === 'present' ? read.value : null;
}

async function listTargets(disk: Disk): Promise<readonly Ref[]> {
  const { files, layout } = disk;
  const entries = (await files.listEntries(layout.root, MAX_TARGETS)) ?? [];
  const gone = new Set(
    ((await files.listEntries(layout.tombstones, MAX_TOMBSTONES)) ?? []).map((entry) => entry.name),
  );
  const refs: Ref[] = [];
  for (const { name, type } of entries) {
    if (type !== 'folder' || !isPlainName(name) || gone.has(`${name}.json`)) continue;
    const inside = (await files.listEntries(layout.target(name), MAX_TARGETS)) ?? [];
    if (!inside.some((entry) => entry.name === TARGET_RECORD)) continue;
    refs.push({ kind: 'Target', namespace: PLATFORM_NAMESPACE, name });
  }
  return refs;
}

/** What the disk says becomes a failure of ours that may pass; what we say stays as it is. */
async function toCoded<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw new CodedError('P406', describe(error), { remedy: 'retry', cause: error });
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : 'the disk failed';
}
