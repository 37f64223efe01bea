import { CodedError } from '../../../core/contracts/coded-error.ts';
import { digestJson } from '../../../core/contracts/digest.ts';
import { type Fence, isHigherFence } from '../../../core/contracts/fence.ts';
import type { Instant } from '../../../core/contracts/instant.ts';
import type { NormalForm } from '../../../core/contracts/normal-form.ts';
import {
  compareRefs,
  parseRefKey,
  type Ref,
  type RefKey,
  toRefKey,
} from '../../../core/contracts/ref.ts';
import type { Effect, EffectId } from '../../../core/plan/effect.ts';
import {
  requireTargetForm,
  requireTargetRef,
  type TargetForm,
  type TargetPool,
  withPools,
} from '../../../core/spec/target-form.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Executor } from '../../../ports/executor.ts';
import type { Observation } from '../../../ports/receiver.ts';

/** One act that really happened; refused and repeated calls leave no trace. */
export type Execution = {
  readonly effectId: EffectId;
  readonly ref: Ref;
  readonly action: string;
  readonly epoch: number;
  readonly holder: string;
  readonly at: Instant;
};

/** A machine that outlives the processes working on it: executors come and go, it stays. */
export interface MemoryExecutorWorld {
  /** Oldest first. Read by whoever checks what happened; nobody else writes it. */
  readonly executions: readonly Execution[];
  /** What stands there, counted, by target; also what is retired or orphaned. */
  readonly targets: ReadonlyMap<RefKey, MemoryTarget>;
  /** Takes a slot away behind everybody's back; false when there is none. */
  breakSlot(ref: Ref, pool: string): boolean;
  /** Marks the pool's last slot as in use, or as free again. */
  setLastSlotInUse(ref: Ref, pool: string, isInUse: boolean): void;
}

export type MemoryTarget = {
  readonly form: NormalForm | null;
  readonly isManaged: boolean;
  readonly lastEffectId: EffectId;
  readonly pools: readonly TargetPool[];
  /** Pools whose last slot is in use. */
  readonly busyPools: ReadonlySet<string>;
};

type World = MemoryExecutorWorld & {
  readonly executions: Execution[];
  readonly targets: Map<RefKey, MemoryTarget>;
  fence: Fence | null;
};

export function createMemoryExecutorWorld(): MemoryExecutorWorld {
  const targets = new Map<RefKey, MemoryTarget>();
  const change = (ref: Ref, edit: (target: MemoryTarget) => MemoryTarget) => {
    const target = targets.get(toRefKey(ref));
    if (target !== undefined) targets.set(toRefKey(ref), edit(target));
  };
  const world: World = {
    executions: [],
    targets,
    fence: null,
    breakSlot(ref, poolName) {
      const pools = targets.get(toRefKey(ref))?.pools ?? [];
      const broken = pools.find((pool) => pool.name === poolName && pool.slots > 0);
      if (broken === undefined) return false;
      const left = pools.map((pool) =>
        pool === broken ? { ...pool, slots: pool.slots - 1 } : pool,
      );
      change(ref, (target) => ({ ...target, pools: left }));
      return true;
    },
    setLastSlotInUse(ref, pool, isInUse) {
      change(ref, (target) => {
        const others = [...target.busyPools].filter((name) => name !== pool);
        return { ...target, busyPools: new Set(isInUse ? [...others, pool] : others) };
      });
    },
  };
  return world;
}

/** Only resolved promises, so that a simulation alone decides what happens next. */
export function createMemoryExecutor(deps: {
  readonly zone: string;
  readonly world: MemoryExecutorWorld;
  readonly clock: Clock;
}): Executor {
  const world = deps.world as World;
  const executor = 'process';
  return {
    executor,
    async raiseFence(fence) {
      passFence(world, fence);
    },
    async observe(ref) {
      requireTargetRef(ref);
      return observe(world, ref);
    },
    async list() {
      const managed = [...world.targets].filter(([, target]) => target.isManaged);
      return managed.flatMap(([key]) => parseRefKey(key) ?? []).sort(compareRefs);
    },
    async apply({ fence, effect, target: form }) {
      const { ref } = effect;
      requireTargetRef(ref);
      const target = form === null ? null : requireTargetForm({ ...deps, executor, ref, form });
      passFence(world, fence);
      const standing = world.targets.get(toRefKey(ref)) ?? null;
      if (standing?.lastEffectId !== effect.id) {
        const next =
          form === null || target === null
            ? remove(standing, effect)
            : converge(standing, effect, form, target);
        world.targets.set(toRefKey(ref), next);
        const { id: effectId, action } = effect;
        world.executions.push({ effectId, ref, action, ...fence, at: deps.clock.now() });
      }
      const { read } = observe(world, ref);
      return read.state === 'present' ? read.value : null;
    },
  };
}

function passFence(world: World, fence: Fence): void {
  if (isHigherFence(world.fence, fence)) world.fence = fence;
}

function observe(world: World, ref: Ref): Observation {
  const target = world.targets.get(toRefKey(ref));
  const lastEffectId = target?.lastEffectId ?? null;
  if (!target?.isManaged || target.form === null)
    return { read: { state: 'absent' }, lastEffectId };
  const value = withPools(target.form, target.pools);
  return { read: { state: 'present', value, observedDigest: digestJson(value) }, lastEffectId };
}

function converge(
  standing: MemoryTarget | null,
  effect: Effect,
  form: NormalForm,
  target: TargetForm,
): MemoryTarget {
  const slotsOf = (name: string) => target.pools.find((pool) => pool.name === name)?.slots ?? 0;
  refuseBusy(standing, effect.ref, (pool) => slotsOf(pool.name) < pool.slots);
  const busyPools = standing?.busyPools ?? new Set();
  return { form, isManaged: true, lastEffectId: effect.id, pools: target.pools, busyPools };
}

function remove(standing: MemoryTarget | null, effect: Effect): MemoryTarget {
  const gone = {
    form: null,
    isManaged: false,
    lastEffectId: effect.id,
    busyPools: new Set<string>(),
  };
  if (effect.action === 'orphan') {
    return {
      ...gone,
      ...standing,
      isManaged: false,
      lastEffectId: effect.id,
      pools: standing?.pools ?? [],
    };
  }
  if (effect.action !== 'retire' && effect.action !== 'delete') {
    throw new Error(`no way to remove a target is called ${effect.action}`);
  }
  refuseBusy(standing, effect.ref, () => true);
  return { ...gone, pools: [] };
}

function refuseBusy(
  standing: MemoryTarget | null,
  ref: Ref,
  wouldLoseSlots: (pool: TargetPool) => boolean,
): void {
  const pools = standing?.pools ?? [];
  const busy = pools.find((pool) => standing?.busyPools.has(pool.name) && wouldLoseSlots(pool));
  if (busy === undefined) return;
  const slot = String(busy.slots - 1).padStart(3, '0');
  throw new CodedError('P406', `slot ${busy.name}/${slot} of target ${ref.name} is in use`, {
    remedy: 'retry',
    details: { target: ref.name, pool: busy.name, slot },
  });
}
