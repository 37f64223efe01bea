import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestJson } from '../../reconciler/core/contracts/digest.ts';
import {
  type NormalForm,
  toNormalForm,
  toRef,
} from '../../reconciler/core/contracts/normal-form.ts';
import { PLATFORM_NAMESPACE } from '../../reconciler/core/contracts/ref.ts';
import type { Effect } from '../../reconciler/core/plan/effect.ts';
import type { Definitions } from '../../reconciler/ports/definitions.ts';
import { describeReceiver, type ReceiverSubject } from './receiver.contract.ts';

export type DefinitionsSubject = {
  readonly name: string;
  readonly create: () => Promise<{
    readonly receiver: Definitions;
    readonly restart: () => Promise<Definitions>;
    readonly close: () => Promise<void>;
  }>;
};

/** A receiver that keeps any form as it was given, and lets what goes on by itself be written down. */
export function describeDefinitions(subject: DefinitionsSubject): void {
  const receiver: ReceiverSubject = { ...subject, makeTarget };
  describeReceiver(receiver);
  describeAmending(subject);
}

const FIRST = { holder: 'first', epoch: 1 };
const SECOND = { holder: 'second', epoch: 2 };
const EFFECT_ID = digestJson('made');

function describeAmending(subject: DefinitionsSubject): void {
  describe(`amending: ${subject.name}`, () => {
    let harness: Awaited<ReturnType<DefinitionsSubject['create']>>;
    const target = makeTarget('dev', 0);
    const form = makeTarget('dev', 1);
    const ref = toRef(target);
    const make = (id: Effect['id'], next: NormalForm | null) =>
      harness.receiver.apply({ fence: FIRST, effect: { id, ref } as Effect, target: next });
    const amend = (lastEffectId = EFFECT_ID, fence = FIRST) =>
      harness.receiver.amend({ fence, lastEffectId, form });

    beforeEach(async () => {
      harness = await subject.create();
    });
    afterEach(() => harness.close());

    it('changes what is kept and not which effect was last, also after a restart', async () => {
      await make(EFFECT_ID, target);
      expect(await amend()).toBe(true);
      const { read, lastEffectId } = await (await harness.restart()).observe(ref);
      expect(read).toMatchObject({ state: 'present', value: form });
      expect(lastEffectId).toBe(EFFECT_ID);
    });

    it('does nothing to what was never made, what is gone, and what another effect made', async () => {
      expect(await amend()).toBe(false);
      await make(EFFECT_ID, target);
      expect(await amend(digestJson('another'))).toBe(false);
      expect((await harness.receiver.observe(ref)).read).toMatchObject({ value: target });
      await make(digestJson('removed'), null);
      expect(await amend(digestJson('removed'))).toBe(false);
      expect((await harness.receiver.observe(ref)).read.state).toBe('absent');
    });

    it('is refused for a leader that was replaced', async () => {
      await make(EFFECT_ID, target);
      await harness.receiver.raiseFence(SECOND);
      await expect(amend()).rejects.toMatchObject({ code: 'P403' });
      expect(await amend(EFFECT_ID, SECOND)).toBe(true);
    });
  });
}

function makeTarget(name: string, variant: number): NormalForm {
  const ref = { kind: 'Environment', namespace: PLATFORM_NAMESPACE, name };
  // Text and numbers that a database could easily alter on the way.
  return toNormalForm(ref, {
    zone: 'ae',
    variant,
    text: `λ "quoted" \\ \u0000 ${variant}`,
    numbers: [0.1, 1e21, -5, 1e-7, 9007199254740991],
    nested: { empty: {}, list: [], nothing: null },
  });
}
