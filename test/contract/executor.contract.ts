import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import type { Fence } from '../../reconciler/core/contracts/fence.ts';
import type { Json } from '../../reconciler/core/contracts/json.ts';
import { type NormalForm, toRef } from '../../reconciler/core/contracts/normal-form.ts';
import type { Ref } from '../../reconciler/core/contracts/ref.ts';
import type { Effect } from '../../reconciler/core/plan/effect.ts';
import type { Executor } from '../../reconciler/ports/executor.ts';
import { makeEffect, makeRemoval, makeTarget } from '../support/target-effects.ts';
import { describeReceiver } from './receiver.contract.ts';

export type ExecutorHarness = {
  readonly receiver: Executor;
  restart(): Promise<Executor>;
  close(): Promise<void>;
  /** Takes one slot of the pool away, as an accident would. */
  breakSlot(ref: Ref, pool: string): Promise<void>;
  /** Marks the last slot of the pool as in use, or as free. */
  setLastSlotInUse(ref: Ref, pool: string, isInUse: boolean): Promise<void>;
};

export type ExecutorSubject = {
  readonly name: string;
  /** An executor of kind `process` in the zone `ae`. */
  create(): Promise<ExecutorHarness>;
};

const FENCE: Fence = { holder: 'leader', epoch: 1 };

/** What every executor promises: a receiver's promises, and that it counts what is there. */
export function describeExecutor(subject: ExecutorSubject): void {
  describeReceiver({
    name: `${subject.name} executor`,
    create: subject.create,
    makeTarget: (name, variant) =>
      variant === 0 ? makeTarget(name, { cpu: 3, gpu: 1 }) : makeTarget(name, { cpu: 1, spare: 2 }),
  });

  describe(`executor: ${subject.name}`, () => {
    let harness: ExecutorHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());

    describeCounting(() => harness);
    describeSlotsInUse(() => harness);
    describeLeaving(() => harness);
    describeRefusing(() => harness);
  });
}

type GetHarness = () => ExecutorHarness;

async function apply(harness: ExecutorHarness, form: NormalForm, occurrence: number) {
  const effect = makeEffect(form, occurrence);
  return harness.receiver.apply({ fence: FENCE, effect, target: form });
}

async function applyRemoval(harness: ExecutorHarness, effect: Effect) {
  return harness.receiver.apply({ fence: FENCE, effect, target: null });
}

async function slotsOf(harness: ExecutorHarness, form: NormalForm, pool: string): Promise<Json> {
  const { read } = await harness.receiver.observe(toRef(form));
  if (read.state !== 'present') return read.state;
  const pools = read.value.spec['pools'] as readonly { name: string; slots: number }[];
  return pools.find((candidate) => candidate.name === pool)?.slots ?? null;
}

function describeCounting(harness: GetHarness): void {
  it('shows the slots that are there, not those it was told of', async () => {
    const form = makeTarget('laptop', { cpu: 3, gpu: 1 });
    await apply(harness(), form, 0);
    await harness().breakSlot(toRef(form), 'cpu');
    expect(await slotsOf(harness(), form, 'cpu')).toBe(2);
    const { read } = await harness().receiver.observe(toRef(form));
    expect(read).toMatchObject({ observedDigest: digestJson((read as { value: Json }).value) });
    expect(read).not.toMatchObject({ observedDigest: digestJson(form) });
  });

  it('brings back what was lost by an effect of its own', async () => {
    const form = makeTarget('laptop', { cpu: 3 });
    await apply(harness(), form, 0);
    await harness().breakSlot(toRef(form), 'cpu');
    expect(await apply(harness(), form, 1)).toEqual(form);
    expect(await slotsOf(harness(), form, 'cpu')).toBe(3);
  });

  it('does not repair under an effect id that already happened', async () => {
    const form = makeTarget('laptop', { cpu: 3 });
    await apply(harness(), form, 0);
    await harness().breakSlot(toRef(form), 'cpu');
    expect(await apply(harness(), form, 0)).not.toEqual(form);
    expect(await slotsOf(harness(), form, 'cpu')).toBe(2);
  });

  it('grows, shrinks, closes, reprices and exchanges pools', async () => {
    const forms = [
      makeTarget('laptop', { cpu: 2 }),
      makeTarget('laptop', { cpu: 256, gpu: 2 }),
      makeTarget('laptop', { cpu: 0, gpu: 2 }),
      makeTarget('laptop', { gpu: 1, cpu: 1 }),
      makeTarget('laptop', { gpu: 1, cpu: 1 }, 2.5),
      makeTarget('laptop', { other: 4 }),
      makeTarget('laptop', {}),
    ];
    for (const [occurrence, form] of forms.entries()) {
      expect(await apply(harness(), form, occurrence)).toEqual(form);
      const { read } = await harness().receiver.observe(toRef(form));
      expect(read).toMatchObject({ value: form, observedDigest: digestJson(form) });
    }
  });
}

function describeSlotsInUse(harness: GetHarness): void {
  const big = makeTarget('laptop', { cpu: 4, gpu: 1 });
  const refusal = { code: 'P406', remedy: 'retry', details: { pool: 'cpu', slot: '003' } };

  it('does not take away a slot in use, and changes nothing else either', async () => {
    await apply(harness(), big, 0);
    await harness().setLastSlotInUse(toRef(big), 'cpu', true);
    const before = await harness().receiver.observe(toRef(big));
    const small = makeTarget('laptop', { cpu: 1, gpu: 3 });
    await expect(apply(harness(), small, 1)).rejects.toMatchObject(refusal);
    const other = makeTarget('laptop', { gpu: 1 });
    await expect(apply(harness(), other, 1)).rejects.toMatchObject(refusal);
    expect(await harness().receiver.observe(toRef(big))).toEqual(before);
    await harness().setLastSlotInUse(toRef(big), 'cpu', false);
    expect(await apply(harness(), small, 1)).toEqual(small);
  });

  it('grows beside a slot in use', async () => {
    await apply(harness(), big, 0);
    await harness().setLastSlotInUse(toRef(big), 'cpu', true);
    const bigger = makeTarget('laptop', { cpu: 5, gpu: 2 });
    expect(await apply(harness(), bigger, 1)).toEqual(bigger);
  });

  it.each(['retire', 'delete'])('does not %s a target with a slot in use', async (action) => {
    await apply(harness(), big, 0);
    await harness().setLastSlotInUse(toRef(big), 'cpu', true);
    const before = await harness().receiver.observe(toRef(big));
    const removal = makeRemoval(big, action, 1);
    await expect(applyRemoval(harness(), removal)).rejects.toMatchObject(refusal);
    expect(await harness().receiver.observe(toRef(big))).toEqual(before);
    await harness().setLastSlotInUse(toRef(big), 'cpu', false);
    expect(await applyRemoval(harness(), removal)).toBeNull();
  });

  it('orphans a target with a slot in use', async () => {
    await apply(harness(), big, 0);
    await harness().setLastSlotInUse(toRef(big), 'cpu', true);
    expect(await applyRemoval(harness(), makeRemoval(big, 'orphan', 1))).toBeNull();
  });
}

function describeLeaving(harness: GetHarness): void {
  const form = makeTarget('laptop', { cpu: 2 });

  it.each(['retire', 'orphan', 'delete'])('is absent after %s, and comes back', async (action) => {
    await apply(harness(), form, 0);
    const removal = makeRemoval(form, action, 1);
    expect(await applyRemoval(harness(), removal)).toBeNull();
    const expected = { read: { state: 'absent' }, lastEffectId: removal.id };
    expect(await harness().receiver.observe(toRef(form))).toEqual(expected);
    expect(await harness().receiver.list()).toEqual([]);
    const again = makeTarget('laptop', { cpu: 1, gpu: 1 });
    const effect = makeEffect(again, 2, 'create');
    const restarted = await harness().restart();
    expect(await restarted.apply({ fence: FENCE, effect, target: again })).toEqual(again);
    expect(await restarted.list()).toEqual([toRef(form)]);
  });

  it('leaves in one way after the other', async () => {
    await apply(harness(), form, 0);
    for (const [index, action] of ['orphan', 'retire', 'delete'].entries()) {
      const removal = makeRemoval(form, action, index + 1);
      expect(await applyRemoval(harness(), removal)).toBeNull();
      expect((await harness().receiver.observe(toRef(form))).lastEffectId).toBe(removal.id);
    }
  });
}

function describeRefusing(harness: GetHarness): void {
  it.each(['..', '.', '', 'a/b', '../../etc', 'a\0', 'A', 'fence.json', '.lock', 'a'.repeat(64)])(
    'refuses the name %j',
    async (name) => {
      const form = { ...makeTarget('laptop', { cpu: 1 }), metadata: { name } };
      await expect(apply(harness(), form, 0)).rejects.toMatchObject({ code: 'P406' });
      await expect(harness().receiver.observe(toRef(form))).rejects.toMatchObject({ code: 'P406' });
    },
  );

  it('refuses other kinds and namespaces', async () => {
    for (const ref of [
      { kind: 'Zone', namespace: 'platform', name: 'ae' },
      { kind: 'Target', namespace: 'payments', name: 'laptop' },
    ]) {
      await expect(harness().receiver.observe(ref)).rejects.toMatchObject({ code: 'P406' });
    }
  });

  const good = makeTarget('laptop', { cpu: 1 });
  const withSpec = (changes: Record<string, Json>) => ({
    ...good,
    spec: { ...good.spec, ...changes },
  });
  const pool = (changes: Record<string, Json>) =>
    withSpec({ pools: [{ name: 'cpu', device: 'cpu', slots: 1, ...changes }] });
  const forms: readonly (readonly [string, NormalForm, string])[] = [
    ['a pool whose name leaves the folder', pool({ name: '../../x' }), 'P406'],
    ['a pool without a name', pool({ name: null }), 'P406'],
    ['too many slots', pool({ slots: 257 }), 'P406'],
    ['a negative number of slots', pool({ slots: -1 }), 'P406'],
    ['half a slot', pool({ slots: 0.5 }), 'P406'],
    ['pools that are no list', withSpec({ pools: 'cpu' }), 'P406'],
    [
      'two pools of one name',
      withSpec({
        pools: [
          { name: 'a', slots: 1 },
          { name: 'a', slots: 2 },
        ],
      }),
      'P406',
    ],
    ['another executor', withSpec({ executor: 'kubernetes' }), 'P406'],
    ['another zone', withSpec({ zone: 'de' }), 'P206'],
  ];

  it.each(forms)('refuses %s and makes nothing', async (_title, form, code) => {
    await expect(apply(harness(), form, 0)).rejects.toMatchObject({ code });
    expect((await harness().receiver.observe(toRef(good))).read.state).toBe('absent');
    expect(await harness().receiver.list()).toEqual([]);
  });

  it('refuses a form that is not the one of the effect', async () => {
    const effect = makeEffect(makeTarget('other', { cpu: 1 }), 0);
    const applying = harness().receiver.apply({ fence: FENCE, effect, target: good });
    await expect(applying).rejects.toMatchObject({ code: 'P406' });
    expect(await harness().receiver.list()).toEqual([]);
  });
}
