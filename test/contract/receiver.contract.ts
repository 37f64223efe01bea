import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import type { Fence } from '../../reconciler/core/contracts/fence.ts';
import { type NormalForm, toRef } from '../../reconciler/core/contracts/normal-form.ts';
import { compareRefs, type Ref } from '../../reconciler/core/contracts/ref.ts';
import type { Effect } from '../../reconciler/core/plan/effect.ts';
import { toEffectId } from '../../reconciler/core/plan/effect-id.ts';
import type { Receiver } from '../../reconciler/ports/receiver.ts';

export type ReceiverHarness = {
  readonly receiver: Receiver;
  /** Opens the receiver again on the same durable state, as after a crash of its process. */
  restart(): Promise<Receiver>;
  close(): Promise<void>;
};

export type ReceiverSubject = {
  readonly name: string;
  create(): Promise<ReceiverHarness>;
  /**
   * A valid target for the resource with this name. Different variants of one name are different
   * forms of the same resource; the receiver must give back exactly this form when it is live.
   */
  makeTarget(name: string, variant: number): NormalForm;
};

const LEADER: Fence = { holder: 'first', epoch: 1 };
const SUCCESSOR: Fence = { holder: 'second', epoch: 2 };

/** What every receiver promises, whatever it is that it changes. */
export function describeReceiver(subject: ReceiverSubject): void {
  describe(`receiver: ${subject.name}`, () => {
    let harness: ReceiverHarness;
    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());

    describeObserving(subject, () => harness);
    describeApplying(subject, () => harness);
    describeFencing(subject, () => harness);
  });
}

type GetHarness = () => ReceiverHarness;

function describeObserving(subject: ReceiverSubject, harness: GetHarness): void {
  it('observes what was never there as absent, without an effect', async () => {
    const { ref } = makeEffect(subject, 'alpha', 0, 0);
    expect(await harness().receiver.observe(ref)).toEqual({
      read: { state: 'absent' },
      lastEffectId: null,
    });
    expect(await harness().receiver.list()).toEqual([]);
  });

  it('observes what was applied, with its digest and its effect, also after a restart', async () => {
    const { effect, target, ref } = makeEffect(subject, 'alpha', 0, 0);
    expect(await harness().receiver.apply({ fence: LEADER, effect, target })).toEqual(target);
    const expected = {
      read: { state: 'present', value: target, observedDigest: digestJson(target) },
      lastEffectId: effect.id,
    };
    expect(await harness().receiver.observe(ref)).toEqual(expected);
    expect(await (await harness().restart()).observe(ref)).toEqual(expected);
  });

  it('changes nothing by observing', async () => {
    const { effect, target, ref } = makeEffect(subject, 'alpha', 0, 0);
    const { receiver } = harness();
    await receiver.apply({ fence: LEADER, effect, target });
    const first = await receiver.observe(ref);
    await receiver.observe(makeEffect(subject, 'beta', 0, 0).ref);
    await receiver.list();
    expect(await receiver.observe(ref)).toEqual(first);
    expect(await receiver.list()).toEqual([ref]);
  });

  it('lists everything it holds and nothing that was removed', async () => {
    const { receiver } = harness();
    const applied = ['gamma', 'alpha', 'beta'].map((name) => makeEffect(subject, name, 0, 0));
    for (const { effect, target } of applied)
      await receiver.apply({ fence: LEADER, effect, target });
    const removal = makeRemoval(subject, 'beta', 1);
    await receiver.apply({ fence: LEADER, effect: removal, target: null });
    const expected = applied.map(({ ref }) => ref).filter(({ name }) => name !== 'beta');
    const sorted = [...expected].sort(compareRefs);
    expect([...(await receiver.list())].sort(compareRefs)).toEqual(sorted);
    expect([...(await (await harness().restart()).list())].sort(compareRefs)).toEqual(sorted);
  });

  it('keeps resources apart', async () => {
    const { receiver } = harness();
    const alpha = makeEffect(subject, 'alpha', 0, 0);
    const beta = makeEffect(subject, 'beta', 1, 0);
    await receiver.apply({ fence: LEADER, effect: alpha.effect, target: alpha.target });
    await receiver.apply({ fence: LEADER, effect: beta.effect, target: beta.target });
    await receiver.apply({
      fence: LEADER,
      effect: makeRemoval(subject, 'alpha', 1),
      target: null,
    });
    expect((await receiver.observe(beta.ref)).read).toMatchObject({ value: beta.target });
  });
}

function describeApplying(subject: ReceiverSubject, harness: GetHarness): void {
  it('performs the same effect id once', async () => {
    const { effect, target, ref } = makeEffect(subject, 'alpha', 0, 0);
    const { receiver } = harness();
    const first = await receiver.apply({ fence: LEADER, effect, target });
    const observed = await receiver.observe(ref);
    expect(await receiver.apply({ fence: LEADER, effect, target })).toEqual(first);
    const restarted = await harness().restart();
    expect(await restarted.apply({ fence: SUCCESSOR, effect, target })).toEqual(first);
    expect(await restarted.observe(ref)).toEqual(observed);
    expect(await restarted.list()).toEqual([ref]);
  });

  it('replaces one target by the next', async () => {
    const { receiver } = harness();
    const create = makeEffect(subject, 'alpha', 0, 0);
    const update = makeEffect(subject, 'alpha', 1, 1);
    expect(update.target).not.toEqual(create.target);
    await receiver.apply({ fence: LEADER, effect: create.effect, target: create.target });
    const live = await receiver.apply({
      fence: LEADER,
      effect: update.effect,
      target: update.target,
    });
    expect(live).toEqual(update.target);
    const observation = await receiver.observe(update.ref);
    expect(observation.read).toMatchObject({ state: 'present', value: update.target });
    expect(observation.lastEffectId).toBe(update.effect.id);
  });

  it('observes what was removed as absent, and remembers the removal after a restart', async () => {
    const { effect, target, ref } = makeEffect(subject, 'alpha', 0, 0);
    await harness().receiver.apply({ fence: LEADER, effect, target });
    const removal = makeRemoval(subject, 'alpha', 1);
    const gone = await harness().receiver.apply({ fence: LEADER, effect: removal, target: null });
    expect(gone).toBeNull();
    const expected = { read: { state: 'absent' }, lastEffectId: removal.id };
    expect(await harness().receiver.observe(ref)).toEqual(expected);
    const restarted = await harness().restart();
    expect(await restarted.observe(ref)).toEqual(expected);
    expect(await restarted.apply({ fence: LEADER, effect: removal, target: null })).toBeNull();
    expect(await restarted.observe(ref)).toEqual(expected);
  });

  it('succeeds in removing what is not there', async () => {
    const removal = makeRemoval(subject, 'alpha', 0);
    const { receiver } = harness();
    expect(await receiver.apply({ fence: LEADER, effect: removal, target: null })).toBeNull();
    expect(await receiver.observe(removal.ref)).toEqual({
      read: { state: 'absent' },
      lastEffectId: removal.id,
    });
    expect(await receiver.list()).toEqual([]);
  });

  it('creates again what was removed', async () => {
    const { receiver } = harness();
    const first = makeEffect(subject, 'alpha', 0, 0);
    await receiver.apply({ fence: LEADER, effect: first.effect, target: first.target });
    const removal = makeRemoval(subject, 'alpha', 1);
    await receiver.apply({ fence: LEADER, effect: removal, target: null });
    const again = makeEffect(subject, 'alpha', 0, 2);
    await receiver.apply({ fence: LEADER, effect: again.effect, target: again.target });
    const observation = await receiver.observe(first.ref);
    expect(observation.read).toMatchObject({ state: 'present', value: first.target });
    expect(observation.lastEffectId).toBe(again.effect.id);
  });
}

function describeFencing(subject: ReceiverSubject, harness: GetHarness): void {
  it('refuses a write below the fence and changes nothing', async () => {
    const { receiver } = harness();
    const before = makeEffect(subject, 'alpha', 0, 0);
    await receiver.apply({ fence: LEADER, effect: before.effect, target: before.target });
    const observed = await receiver.observe(before.ref);
    await receiver.raiseFence(SUCCESSOR);

    const late = makeEffect(subject, 'alpha', 1, 1);
    const refused = { code: 'P403' };
    await expect(
      receiver.apply({ fence: LEADER, effect: late.effect, target: late.target }),
    ).rejects.toMatchObject(refused);
    await expect(
      receiver.apply({ fence: LEADER, effect: makeRemoval(subject, 'alpha', 1), target: null }),
    ).rejects.toMatchObject(refused);
    const stranger = makeEffect(subject, 'beta', 0, 0);
    await expect(
      receiver.apply({ fence: LEADER, effect: stranger.effect, target: stranger.target }),
    ).rejects.toMatchObject(refused);
    expect(await receiver.observe(before.ref)).toEqual(observed);
    expect(await receiver.list()).toEqual([before.ref]);
  });

  it('refuses even an effect that it already performed, when its writer is fenced off', async () => {
    const { receiver } = harness();
    const { effect, target } = makeEffect(subject, 'alpha', 0, 0);
    await receiver.apply({ fence: LEADER, effect, target });
    await receiver.raiseFence(SUCCESSOR);
    await expect(receiver.apply({ fence: LEADER, effect, target })).rejects.toMatchObject({
      code: 'P403',
    });
  });

  it('accepts a write at the fence, and raising it to where it is', async () => {
    const { receiver } = harness();
    await receiver.raiseFence(SUCCESSOR);
    await receiver.raiseFence(SUCCESSOR);
    const { effect, target } = makeEffect(subject, 'alpha', 0, 0);
    expect(await receiver.apply({ fence: SUCCESSOR, effect, target })).toEqual(target);
  });

  it('does not lower the fence', async () => {
    const { receiver } = harness();
    await receiver.raiseFence(SUCCESSOR);
    await expect(receiver.raiseFence(LEADER)).rejects.toMatchObject({ code: 'P403' });
  });

  it('takes the fence of a write as seen', async () => {
    const { receiver } = harness();
    const first = makeEffect(subject, 'alpha', 0, 0);
    await receiver.apply({ fence: SUCCESSOR, effect: first.effect, target: first.target });
    const late = makeEffect(subject, 'alpha', 1, 1);
    await expect(
      receiver.apply({ fence: LEADER, effect: late.effect, target: late.target }),
    ).rejects.toMatchObject({ code: 'P403' });
    await expect(receiver.raiseFence(LEADER)).rejects.toMatchObject({ code: 'P403' });
  });

  it('keeps the fence through a restart', async () => {
    await harness().receiver.raiseFence(SUCCESSOR);
    const restarted = await harness().restart();
    const { effect, target, ref } = makeEffect(subject, 'alpha', 0, 0);
    await expect(restarted.apply({ fence: LEADER, effect, target })).rejects.toMatchObject({
      code: 'P403',
    });
    expect((await restarted.observe(ref)).read).toEqual({ state: 'absent' });
  });
}

function makeEffect(
  subject: ReceiverSubject,
  name: string,
  variant: number,
  occurrence: number,
): { readonly ref: Ref; readonly target: NormalForm; readonly effect: Effect } {
  const target = subject.makeTarget(name, variant);
  const ref = toRef(target);
  const action = occurrence === 0 ? 'create' : 'update';
  return { ref, target, effect: toEffect(ref, action, target, occurrence) };
}

function makeRemoval(subject: ReceiverSubject, name: string, occurrence: number): Effect {
  return toEffect(toRef(subject.makeTarget(name, 0)), 'delete', null, occurrence);
}

function toEffect(ref: Ref, action: string, target: NormalForm | null, occurrence: number): Effect {
  const targetDigest = digestJson(target);
  return {
    id: toEffectId({ ref, action, targetDigest, occurrence }),
    ref,
    action,
    target: target ?? {},
    targetDigest,
    class: 'admitted',
    reason: `${action} it`,
    dependsOn: [],
    risk: 'none',
    approvals: [],
  };
}
